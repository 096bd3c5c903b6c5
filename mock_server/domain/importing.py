"""Importing the rows of a spreadsheet as deals.

An empty cell means null; a missing column leaves the defaults of a new deal (assigned to the
viewer, the stage's probability). New company and contact names create records; stages and
users must exist. All valid rows are imported, in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mock_server.domain.names import NameIndex, UnclearColumn
from mock_server.domain.pipeline import certainty, is_closed
from mock_server.domain.readings import Unclear, shown
from mock_server.domain.reports import Problem, Report
from mock_server.domain.spreadsheet import Row, Sheet
from mock_server.domain.values import to_date, to_timestamp
from mock_server.domain.world import Deal, Stage, World

NEEDED = ("name", "stage_name")
AS_THEY_ARE = ("name", "value", "expected_close_date", "notes", "tags", "loss_reason")
MOMENTS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "expected_close_date": (to_date, "a date (YYYY-MM-DD)"),
    "closed_at": (to_timestamp, "a timestamp such as 2026-01-15T09:30:00Z"),
}
OF_CLOSED_DEALS = ("closed_at", "loss_reason")


@dataclass(frozen=True, slots=True)
class Imported:
    """The world with the valid rows, the new deals, what is wrong with the other rows, and what to know."""

    world: World
    deals: list[Deal]
    failed: int
    errors: Report
    warnings: Report


class Import:
    """An import in progress: it takes row after row, and changes no world before the end."""

    def __init__(self, world: World, now: datetime, viewer_id: int, reported: int) -> None:
        self._world = world
        self._names = NameIndex(world)
        self._now = now
        self._viewer_id = viewer_id
        self._deals: list[Deal] = []
        self._failed = 0
        self._errors, self._warnings = Report(reported), Report(reported)

    def warn(self, problems: Iterable[Problem]) -> None:
        """Report something about the file as a whole."""
        for problem in problems:
            self._warnings.add(problem.row, {problem.field: problem.message})

    def take(self, row: Row) -> None:
        """Make a deal of a valid row; report what is wrong with any other."""
        values, errors, warnings = _resolved(row, self._names)
        if errors:
            self._refuse(row, errors)
            return
        id_ = self._world.deals.next_id + len(self._deals)
        try:
            deal = _deal(id_, values, self._names, self._now, self._viewer_id)
        except UnclearColumn as unclear:
            self._refuse(row, {unclear.column: str(unclear)})
            return
        self._deals.append(deal)
        self._warnings.add(row.number, {**warnings, **_changed(values, deal, self._now)})

    def _refuse(self, row: Row, errors: Mapping[str, str]) -> None:
        self._failed += 1
        self._errors.add(row.number, errors)

    def done(self) -> Imported:
        """The world with everything that was taken."""
        tables: dict[str, Sequence[Any]] = {
            "companies": self._names.new_companies,
            "contacts": self._names.new_contacts,
            "deals": self._deals,
        }
        world = self._world
        for table, made in tables.items():
            if made:
                world = world.put(table, *made)
        return Imported(world, self._deals, self._failed, self._errors, self._warnings)


def import_deals(world: World, sheet: Sheet, now: datetime, viewer_id: int, reported: int) -> Imported:
    """Import the valid rows, and report what is wrong with the others, up to a number of problems."""
    running = Import(world, now, viewer_id, reported)
    running.warn(sheet.warnings)
    for row in sheet.rows:
        running.take(row)
    return running.done()


def _resolved(row: Row, names: NameIndex) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """The row's values with dates, stage and user resolved, its errors and its warnings, in column order."""
    values = dict(row.values)
    errors = {name: f"{name} is required" for name in NEEDED if values.get(name) is None}
    for name, (convert, kind) in MOMENTS.items():
        try:
            values[name] = convert(values.get(name))
        except ValueError:
            errors[name] = f"{name} must be {kind}"
    errors |= _look_up("stage_name", "stage", names.stage, values)
    errors |= _look_up("assigned_to_email", "assigned_to", names.user_id, values)
    errors |= _of_open_deals(values)
    unclear, warnings = names.check(row.values)
    errors |= unclear | row.errors  # errors found while reading the row take precedence
    columns = (*row.values, *errors, *row.warnings)
    return values, _in_order(errors, columns), _in_order({**warnings, **row.warnings}, columns)


def _in_order(messages: Mapping[str, str], columns: Iterable[str]) -> dict[str, str]:
    return {name: messages[name] for name in columns if name in messages}


def _look_up(column: str, name: str, find: Callable[[str], Any], values: dict[str, Any]) -> dict[str, str]:
    """Resolve the name in a column to a value under `name`; return an error if that is not possible."""
    wanted = values.get(column)
    if column in values:
        values[name] = None
    if wanted is None:
        return {}
    try:
        values[name] = find(wanted)
    except Unclear as unclear:
        return {column: f"{column} {shown(wanted)} {unclear}"}
    return {}


def _of_open_deals(values: Mapping[str, Any]) -> dict[str, str]:
    stage: Stage | None = values.get("stage")
    if stage is None or is_closed(stage):
        return {}
    return {
        name: f"{name} is allowed only for won or lost deals; {stage.name} is an open stage"
        for name in OF_CLOSED_DEALS
        if values.get(name) is not None
    }


def _deal(id_: int, values: Mapping[str, Any], names: NameIndex, now: datetime, viewer_id: int) -> Deal:
    stage: Stage = values["stage"]
    probability = values.get("probability", stage.probability)
    closed_at = (values.get("closed_at") or now) if is_closed(stage) else None
    # The file describes the past: its loss reason is kept whatever the outcome.
    return Deal(
        **{name: values[name] for name in AS_THEY_ARE if name in values},
        **names.people(values),
        id=id_,
        stage_id=stage.id,
        probability=certainty(stage).get("probability", probability),
        assigned_to=values.get("assigned_to", viewer_id),
        stage_entered_at=closed_at or now,
        closed_at=closed_at,
        created_at=now,
        updated_at=now,
    )


def _changed(values: Mapping[str, Any], deal: Deal, now: datetime) -> dict[str, str]:
    """What a deal has otherwise than its row says, and what can hardly be meant."""
    warnings = {}
    given = values.get("probability")
    if given is not None and given != deal.probability:
        stage = values["stage"].name
        warnings["probability"] = f"probability {given} became {deal.probability}: {stage} is a closed stage"
    if deal.closed_at is not None and deal.closed_at > now:
        warnings["closed_at"] = "closed_at is in the future"
    return warnings
