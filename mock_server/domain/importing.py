"""Importing the rows of a spreadsheet as deals.

An empty cell means null; a missing column leaves the defaults of a new deal (assigned to the
viewer, the stage's probability). New company and contact names create records; stages and
users must exist. All valid rows are imported, in one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mock_server.domain.names import NameIndex
from mock_server.domain.pipeline import certain, is_closed
from mock_server.domain.spreadsheet import Row
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
class Problem:
    """Why a row was rejected: the line in the file, the column and the reason."""

    row: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """The world with the valid rows, the new deals, and what is wrong with the other rows."""

    world: World
    deals: list[Deal]
    failed: int
    problems: list[Problem]


def import_deals(world: World, rows: Iterable[Row], now: datetime, viewer_id: int) -> Imported:
    """Import the valid rows, and report everything that is wrong with the others."""
    names = NameIndex(world)
    deals: list[Deal] = []
    problems: list[Problem] = []
    failed = 0
    for row in rows:
        values, errors = _resolved(row, names)
        if errors:
            failed += 1
            problems += [Problem(row.number, name, message) for name, message in errors.items()]
        else:
            deal_id = world.deals.next_id + len(deals)
            deals.append(_deal(deal_id, values, names, now, viewer_id))
    return Imported(_committed(world, names, deals), deals, failed, problems)


def _committed(world: World, names: NameIndex, deals: list[Deal]) -> World:
    made_by_table: dict[str, Sequence[Any]] = {
        "companies": names.new_companies,
        "contacts": names.new_contacts,
        "deals": deals,
    }
    for table, made in made_by_table.items():
        if made:
            world = world.put(table, *made)
    return world


def _resolved(row: Row, names: NameIndex) -> tuple[dict[str, Any], dict[str, str]]:
    """The row's values with dates, stage and user resolved, and its errors in column order."""
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
    errors |= row.errors  # errors found while reading the row take precedence
    return values, {name: errors[name] for name in (*row.values, *errors) if name in errors}


def _look_up(column: str, name: str, find: Callable[[str], Any], values: dict[str, Any]) -> dict[str, str]:
    """Resolve the name in a column to a value under `name`; return an error if it does not exist."""
    wanted = values.get(column)
    if column in values:
        values[name] = None if wanted is None else find(wanted)
    if wanted is None or values[name] is not None:
        return {}
    return {column: f"{column} {wanted} does not exist"}


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
    closed_at = (values.get("closed_at") or now) if is_closed(stage) else None
    deal = Deal(
        **{name: values[name] for name in AS_THEY_ARE if name in values},
        **names.people(values),
        id=id_,
        stage_id=stage.id,
        probability=values.get("probability", stage.probability),
        assigned_to=values.get("assigned_to", viewer_id),
        stage_entered_at=closed_at or now,
        closed_at=closed_at,
        created_at=now,
        updated_at=now,
    )
    # The file describes the past: its loss reason is kept whatever the outcome.
    return replace(certain(deal, stage), loss_reason=deal.loss_reason)
