"""Edge cases: worlds that are legal, and hard on whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from itertools import cycle
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from mock_server.domain.pipeline import certainty, entry, is_closed, outcome, stages_in_order
from mock_server.domain.refusals import Invalid
from mock_server.domain.world import Contact, Deal, Note, Quote, Stage, Task, World

LongestText = Callable[[str, str], int]  # of a field of a table, in characters

# What a page is likely to show of each kind of record.
NAMES: Final = {
    "companies": ("name",),
    "contacts": ("first_name", "last_name"),
    "stages": ("name",),
    "deals": ("name",),
    "tasks": ("title",),
}
TEXTS: Final = {"deals": ("notes", "tags", "loss_reason"), "tasks": ("description",), "notes": ("content",)}
LONG_TEXTS_IN: Final = 25  # records of each kind: a page of them, not megabytes
CROWD: Final = 3000  # deals in one stage
WITHOUT_DEALS: Final = ("deals", "quotes", "tasks", "notes", "emails")
NULLABLE: Final = {"contacts": Contact, "deals": Deal, "quotes": Quote, "tasks": Task, "notes": Note}
# What follows from something else is not null by itself.
NEVER_NULL: Final = frozenset({"closed_at"})
TIED: Final = (
    *("name", "value", "stage_id", "contact_id", "company_id", "assigned_to"),
    *("expected_close_date", "stage_entered_at", "closed_at", "created_at", "updated_at"),
    *("probability", "loss_reason"),  # which follow from the stage
)
SCRIPTS: Final = (
    "عقد سنوي (2026) – Acme",
    "הסכם שנתי, 3 שנים",
    "👩🏽‍🚀🏳️‍🌈 Überraschung 👨‍👩‍👧‍👦",
    "株式会社オービット の 年間契約",
    "Straße ﬁnance İstanbul ǅ",
    "Z̷͔͛a̶͖͝l̸̗̚g̶̱̈o̷̘͌",
    "\u202eesrever\u202c and \u2066isolated\u2069",
    "สัญญารายปี ประกันภัย",
)


def with_edge_case(world: World, name: str, longest: LongestText, now: datetime) -> World:
    """The world with everything in it turned into this edge case.

    Raises KeyError for an unknown name, and Invalid if the world lacks what the edge case is about.
    """
    made = EDGE_CASES[name]
    has, lack = NEEDS.get(name, (_anything, ""))
    if not has(world):
        raise Invalid({"cases": f"{name}: {lack}"})
    return _as_closed(made(world, longest, now))


def _no_deals(world: World, _: LongestText, __: datetime) -> World:
    for table in WITHOUT_DEALS:
        world = world.drop(table, *(record.id for record in world.table(table)))
    return world


def _long_texts(world: World, longest: LongestText, _: datetime) -> World:
    for table, names in NAMES.items():
        most = {name: longest(table, name) for name in names}
        world = _changed(world, table, partial(_lengthened, most))
    for table, names in TEXTS.items():
        most = {name: longest(table, name) for name in names}
        some = [record for record, _ in zip(world.table(table), range(LONG_TEXTS_IN), strict=False)]
        world = world.put(table, *(_lengthened(most, record) for record in some))
    return world


def _scripts(world: World, longest: LongestText, _: datetime) -> World:
    for table, names in NAMES.items():
        most = {name: longest(table, name) for name in names}
        world = _changed(world, table, partial(_rewritten, most, cycle(SCRIPTS)))
    return world


def _nulls(world: World, _: LongestText, __: datetime) -> World:
    for table, kind in NULLABLE.items():
        nothing = dict.fromkeys(_nullable(kind))
        world = _changed(world, table, partial(replace, **nothing))
    return world


def _crowded_stage(world: World, _: LongestText, now: datetime) -> World:
    stage = next(_open(world))
    models = cycle(list(world.deals) or [_new_deal(stage, now)])
    missing = max(0, CROWD - world.deals.count_of(stage.id))
    ids = range(world.deals.next_id, world.deals.next_id + missing)
    return world.put("deals", *(_copy(next(models), id_, stage) for id_ in ids))


def _ties(world: World, _: LongestText, __: datetime) -> World:
    first = next(iter(world.deals))
    same = {name: getattr(first, name) for name in TIED}
    return _changed(world, "deals", lambda deal: replace(deal, **same))


def _as_closed(world: World) -> World:
    """The world with the probability of their outcome for deals that are closed."""
    return _changed(world, "deals", lambda deal: replace(deal, **certainty(world.stages[deal.stage_id])))


EDGE_CASES: Final[Mapping[str, Callable[[World, LongestText, datetime], World]]] = {
    "no_deals": _no_deals,
    "long_texts": _long_texts,
    "scripts": _scripts,
    "nulls": _nulls,
    "crowded_stage": _crowded_stage,
    "ties": _ties,
}


def _anything(_: World) -> bool:
    return True


def _records_of(tables: Collection[str]) -> Callable[[World], bool]:
    return lambda world: any(len(world.table(name)) for name in tables)


NO_RECORD: Final = "there is no record that it could change"
NEEDS: Final[Mapping[str, tuple[Callable[[World], bool], str]]] = {  # what is needed, and if it is not there
    "long_texts": (_records_of(NAMES), NO_RECORD),
    "scripts": (_records_of(NAMES), NO_RECORD),
    "nulls": (_records_of(NULLABLE), NO_RECORD),
    "crowded_stage": (lambda world: any(_open(world)), "there is no open stage"),
    "ties": (lambda world: len(world.deals) > 1, "there are no two deals"),
}


def _changed(world: World, table: str, change: Callable[[Any], Any]) -> World:
    """The world with every record of a table changed."""
    return world.put(table, *map(change, world.table(table)))


def _lengthened(most: Mapping[str, int], record: Any) -> Any:
    """The record with texts of these lengths, each beginning with what it was."""
    return replace(record, **{name: _long(getattr(record, name), length) for name, length in most.items()})


def _rewritten(most: Mapping[str, int], samples: Iterator[str], record: Any) -> Any:
    """The record with the next samples as its texts, cut to these lengths."""
    return replace(record, **{name: next(samples)[:length] for name, length in most.items()})


def _long(text: str | None, length: int) -> str:
    """A text of this length: one word that cannot be broken, then many that can."""
    start = f"{text or 'Text'} {'long' * 20} "
    return (start + "word " * (length // 5 + 1))[: length - 1] + "."


def _nullable(record: type[Any]) -> Iterator[str]:
    hints = get_type_hints(record)
    for each in fields(record):
        if NoneType in get_args(hints[each.name]) and each.name not in NEVER_NULL:
            yield each.name


def _open(world: World) -> Iterator[Stage]:
    return (stage for stage in stages_in_order(world) if not is_closed(stage))


def _new_deal(stage: Stage, now: datetime) -> Deal:
    return Deal(id=1, name="Deal", **entry(stage, now), created_at=now, updated_at=now)


def _copy(deal: Deal, id_: int, stage: Stage) -> Deal:
    """The deal once more, open and in this stage."""
    copy = replace(deal, id=id_, stage_id=stage.id, primary_quote_id=None)
    return copy if not copy.closed_at else replace(copy, **outcome(stage, copy.updated_at))
