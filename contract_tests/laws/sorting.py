"""The order of the list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Final

from contract_tests.facts import CONTRACT, LARGEST_PAGE, values
from contract_tests.law import NotJudged, expect, law
from contract_tests.scene.digging import Record, as_number
from contract_tests.scene.reading import Reading
from contract_tests.scene.scene import Scene

FIELD_OF: Final = CONTRACT.sort_fields()  # sort_by value → what it orders by
PLAIN: Final = re.compile("[A-Za-z]+( [A-Za-z]+)*")  # words that every collation sorts alike
DIRECTIONS: Final = values("listDeals", "sort_dir")


def _letters(text: str) -> str:
    """As a dictionary sees it: no case, no accents, no punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


COLLATIONS: Final[tuple[Callable[[str], Any], ...]] = (str, str.casefold, _letters)


def in_order(values: Sequence[Any], *, descending: bool) -> bool:
    """Whether values are sorted; texts by any collation, judged where all of them are plain ASCII."""
    known = [value for value in values if value not in (None, "")]  # where these stand is not told
    if descending:
        known.reverse()
    numbers = [as_number(value) if not isinstance(value, str) else None for value in known]
    if None not in numbers:
        return _rises(numbers)
    texts = [str(value) for value in known if str(value).isascii()]
    return any(_rises([collate(text) for text in texts]) for collate in COLLATIONS)


def _rises(values: Sequence[Any]) -> bool:
    return all(a <= b for a, b in pairwise(values))


def _values(records: list[Record], sort_by: str) -> list[Any]:
    return [record.get(FIELD_OF[sort_by]) for record in records]


def _sorted(s: Scene, sort_by: str, direction: str) -> Reading:
    query = {**s.herd.base, "sort_by": sort_by, "sort_dir": direction}
    return s.once(f"by {sort_by} {direction}", lambda: s.read(query))


def _ordered(reading: Reading, sort_by: str, direction: str) -> None:
    values = _values(reading.records, sort_by)
    expect(
        in_order(values, descending=direction == "DESC"),
        f"{FIELD_OF[sort_by]} {'falling' if direction == 'DESC' else 'rising'}",
        values,
        reading.exchange,
    )


@law("listDeals", cases=FIELD_OF)
def sort_by_orders_the_list(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “sort_dir: Sort direction. Values: ASC, DESC”."""
    for direction in DIRECTIONS:
        _ordered(_sorted(s, sort_by, direction), sort_by, direction)


@law("listDeals", cases=FIELD_OF)
def sorting_neither_loses_nor_adds(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”: it says in which order the deals come, and not which."""
    for direction in DIRECTIONS:
        found = _sorted(s, sort_by, direction).whole()
        same = sorted(found.ids, key=str) == sorted(s.herd.records, key=str)
        expect(same, f"the {len(s.herd.records)} deals, each once", found.ids, found.exchange)


@law("listDeals", cases=("title", "value", "expected_close_date"))
def the_order_goes_on_from_page_to_page(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “page: Page number”: the list is sorted, and then cut into pages."""
    for direction in DIRECTIONS:
        found = s.read(
            {**s.herd.base, "sort_by": sort_by, "sort_dir": direction}, per_page=max(4, _quarter(s))
        )
        _ordered(found, sort_by, direction)


@law("listDeals", cases=("stage_name", "assigned_to_name"))
def deals_that_are_equal_stand_on_one_page_only(s: Scene, sort_by: str) -> None:
    """“Retrieve a paginated list of deals”: deals equal in the sort field, too, are on one page each."""
    found = s.read({**s.herd.base, "sort_by": sort_by}, per_page=max(3, _quarter(s))).whole()
    same = sorted(found.ids, key=str) == sorted(s.herd.records, key=str)
    expect(same, f"the {len(s.herd.records)} deals, each once", found.ids, found.exchange)


@law("listDeals", cases=("contact_name", "company_name", "assigned_to_name"), of_all=True)
def the_whole_list_is_sorted_by_name(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”: the deals of others are in order as well, as far as names are plain words."""
    for direction in DIRECTIONS:
        page = s.page({"sort_by": sort_by, "sort_dir": direction, "per_page": LARGEST_PAGE})
        plain = [v for v in _values(page.records, sort_by) if isinstance(v, str) and PLAIN.fullmatch(v)]
        falling = direction == "DESC"
        expect(in_order(plain, descending=falling), "the names in order", plain, page.exchange)


def _quarter(s: Scene) -> int:
    return min(LARGEST_PAGE, len(s.herd.records) // 4)


@law("listDeals", of_all=True)
def by_title_ascending_is_the_default(s: Scene) -> None:
    """“sort_by: Sort field (default: title)”, “sort_dir: Sort direction (default: ASC)”."""
    _ordered(s.read(s.herd.base), "title", "ASC")
    _ordered(s.read({**s.herd.base, "sort_dir": "DESC"}), "title", "DESC")
    _ordered(s.read({**s.herd.base, "sort_by": "value"}), "value", "ASC")


@law("listDeals", cases=("value", "expected_close_date", "created_at", "closed_at"), of_all=True)
def the_sorted_list_ends_with_the_extreme(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “sort_dir: … DESC”: the largest of the whole list comes first."""
    there = s.all_deals(fresh=True)
    known = [value for value in _values(there.records, sort_by) if value not in (None, "")]
    if not known or not there.complete:
        raise NotJudged(f"the whole list was not read, or does not show {FIELD_OF[sort_by]}")
    for direction in DIRECTIONS:
        page = s.page({"sort_by": sort_by, "sort_dir": direction, "per_page": LARGEST_PAGE})
        values = _values(page.records, sort_by)
        descending = direction == "DESC"
        expect(in_order(values, descending=descending), f"{sort_by} {direction}", values[:20], page.exchange)
        first = next((value for value in values if value not in (None, "")), None)
        wanted = max(known) if descending else min(known)
        # A page full of deals without the value tells nothing: they may come first.
        expect(first in (wanted, None), f"{wanted} first", first, page.exchange)
