"""Filters of the list: queries, each with a test for the deals that match it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contract_tests.scene.expectations import expect
from contract_tests.scene.json_search import Record
from contract_tests.scene.scene import Scene


def day_of(record: Record, field: str = "expected_close_date") -> str:
    """The day in a date field of a deal, or an empty text."""
    return (record.get(field) or "")[:10]


def within(first: str, last: str) -> Test:
    """A test whether the expected close date is between these days, inclusive."""
    return lambda record: first <= day_of(record) <= last


Test = Callable[[Record], bool]


def keeps_exactly(s: Scene, query: Mapping[str, Any], test: Test, words: str) -> None:
    """Expect the query to find every sample deal that passes the test, and no deal that fails it."""
    samples = s.samples
    found = s.api.listing({**samples.base, **query})
    known = [samples.records.get(record["id"], record) for record in found.records]
    wrong = [_shown(r, query) for r in known if not test(r)]
    expect(not wrong, f"only deals {words}", f"also {wrong[:3]}", found.exchange)
    missing = [_shown(samples.records[id], query) for id in samples.where(test) - set(found.ids)]
    if found.complete:
        expect(not missing, f"every deal {words}", f"missing {missing[:3]}", found.exchange)
        count = len(found.records)
        expect(found.total == count, f"total {count}", f"total {found.total}", found.exchange)


def having(name: str, *values: Any) -> Test:
    """A test whether a field has one of these values."""
    return lambda record: record.get(name) in values


def both(test: Test, further: Test) -> Test:
    """A test whether both tests pass."""
    return lambda record: test(record) and further(record)


def each_filter(s: Scene) -> Iterator[tuple[Record, Test]]:
    """A query for each filter, such that no two of them match the same deals."""
    stages, people = s.samples.values("stage_id"), s.samples.values("assigned_to")
    others = [person for person in people if person != s.my_id] or people
    days = sorted(day[:10] for day in s.samples.values("expected_close_date"))
    yield {"stage_id": stages[0]}, having("stage_id", stages[0])
    if other := stages[1:2]:
        yield {"stage_ids": other[0]}, having("stage_id", *other)
    if others:
        yield {"assigned_to": others[0]}, having("assigned_to", others[0])
    if days:
        middle = days[len(days) // 2]
        yield {"date_to": middle}, lambda r: "" < (r.get("expected_close_date") or "")[:10] <= middle
    yield {"won": "1"}, lambda r: r["is_won"] is True
    if s.my_id is not None:
        yield {"scope": "me"}, having("assigned_to", s.my_id)


def _shown(record: Record, query: Mapping[str, Any]) -> Record:
    fields = {"id", "name", "expected_close_date", "is_won", "is_lost"} | query.keys() & record.keys()
    names = [n for n in record if n in fields or (n == "stage_id" and "stage_ids" in query)]
    return {name: record[name] for name in names}
