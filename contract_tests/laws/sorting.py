"""Sorting the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from contract_tests.laws.law import law
from contract_tests.scene.collations import in_order
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.json_search import Record
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.listing import Listing
from contract_tests.scene.scene import Scene
from contract_tests.scene.small_whole import small_whole

WORDS: Final = re.compile(r"[^\W\d_]+( [^\W\d_]+)*")  # punctuation is sorted in many ways
ACCENTED: Final = ("Adam", "Émile", "Fanny", "Otto", "Öberg", "Zacharias")


def _sort_fields(limits: ContractLimits) -> list[str]:
    """The values of `sort_by`."""
    return list(limits.contract.fields_of("sort_by"))


def _those_of(*fields: str) -> Callable[[ContractLimits], list[str]]:
    """Those of these `sort_by` values that the contract has."""
    return lambda limits: [field for field in fields if field in _sort_fields(limits)]


def _directions(s: Scene) -> tuple[str, ...]:
    return s.limits.values("listDeals", "sort_dir")


def _field(s: Scene, sort_by: str) -> str:
    """The field of a deal that a value of `sort_by` means."""
    return s.limits.contract.fields_of("sort_by")[sort_by]


def _values(s: Scene, records: list[Record], sort_by: str) -> list[Any]:
    field = _field(s, sort_by)
    return [record.get(field) for record in records]


def _sorted(s: Scene, sort_by: str, direction: str) -> Listing:
    query = {**s.samples.base, "sort_by": sort_by, "sort_dir": direction}
    return s.api.once(f"by {sort_by} {direction}", lambda: s.api.listing(query))


def _ordered(s: Scene, listing: Listing, sort_by: str, direction: str) -> None:
    values = _values(s, listing.records, sort_by)
    expect(
        in_order(values, descending=direction == "DESC"),
        f"{_field(s, sort_by)} {'descending' if direction == 'DESC' else 'ascending'}",
        values,
        listing.exchange,
    )


@law("listDeals", cases=_sort_fields)
def sort_by_orders_the_list(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “sort_dir: Sort direction … Values: ASC, DESC”."""
    for direction in _directions(s):
        _ordered(s, _sorted(s, sort_by, direction), sort_by, direction)


@law("listDeals", cases=_sort_fields)
def sorting_returns_the_same_deals(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”: sorting changes the order of the deals, not which deals are listed."""
    for direction in _directions(s):
        found = _sorted(s, sort_by, direction).whole()
        same = sorted(found.ids, key=str) == sorted(s.samples.records, key=str)
        expect(same, f"the {len(s.samples.records)} deals, each once", found.ids, found.exchange)


@law("listDeals", cases=_those_of("title", "value", "expected_close_date"))
def sort_order_continues_across_pages(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “page: Page number”: the list is sorted before it is split into pages."""
    for direction in _directions(s):
        found = s.api.listing(
            {**s.samples.base, "sort_by": sort_by, "sort_dir": direction}, per_page=max(4, _quarter(s))
        )
        _ordered(s, found, sort_by, direction)


@law("listDeals", cases=_those_of("stage_name", "assigned_to_name"))
def paging_neither_repeats_nor_skips_deals_with_equal_sort_values(s: Scene, sort_by: str) -> None:
    """“Retrieve a paginated list of deals”: each deal is on one page, also among equal sort values."""
    found = s.api.listing({**s.samples.base, "sort_by": sort_by}, per_page=max(3, _quarter(s))).whole()
    same = sorted(found.ids, key=str) == sorted(s.samples.records, key=str)
    expect(same, f"the {len(s.samples.records)} deals, each once", found.ids, found.exchange)


@law("listDeals", cases=_those_of("contact_name", "company_name", "assigned_to_name"), of_all=True)
def sorting_by_name_orders_the_whole_list(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”: all listed deals are sorted; only names without punctuation are compared."""
    for direction in _directions(s):
        page = s.api.page({"sort_by": sort_by, "sort_dir": direction, "per_page": s.limits.largest_page})
        plain = [v for v in _values(s, page.records, sort_by) if isinstance(v, str) and WORDS.fullmatch(v)]
        falling = direction == "DESC"
        expect(
            in_order(plain, descending=falling),
            f"the names {'descending' if falling else 'ascending'}",
            plain,
            page.exchange,
        )


@law("listDeals", needs=("writes",))
def names_with_accents_are_sorted_by_their_first_letter(s: Scene) -> None:
    """“sort_by: Sort field (default: title)”: É is beside E, or after Z, not before A."""
    word, stage = s.word(), s.make.stage_like()["id"]
    names = {f"{first} {word}" for first in ACCENTED}
    made = [s.call("createDeal", json={"name": name, "stage_id": stage}) for name in sorted(names)]
    if not all(exchange.ok for exchange in made):
        raise NotJudged("names with accents are refused")
    for direction in _directions(s):
        found = s.api.search(
            word, lambda listing: listing.total >= len(names), sort_by="title", sort_dir=direction
        )
        kept = [record["name"] for record in found.records if record.get("name") in names]
        falling = direction == "DESC"
        words = f"the names {'descending' if falling else 'ascending'}"
        expect(in_order(kept, descending=falling), words, kept, found.exchange)


def _quarter(s: Scene) -> int:
    return min(s.limits.largest_page, len(s.samples.records) // 4)


@law("listDeals", of_all=True)
def the_default_order_is_title_ascending(s: Scene) -> None:
    """“sort_by: Sort field (default: title)”, “sort_dir: Sort direction (default: ASC)”."""
    _ordered(s, s.api.listing(s.samples.base), "title", "ASC")
    _ordered(s, s.api.listing({**s.samples.base, "sort_dir": "DESC"}), "title", "DESC")
    _ordered(s, s.api.listing({**s.samples.base, "sort_by": "value"}), "value", "ASC")


@law("listDeals", cases=_those_of("value", "expected_close_date", "created_at", "closed_at"), of_all=True)
def the_sorted_list_starts_with_the_smallest_or_largest_value(s: Scene, sort_by: str) -> None:
    """“sort_by: Sort field”, “sort_dir: … ASC, DESC”: the smallest or the largest comes first."""
    query, there = small_whole(s.api)
    known = [value for value in _values(s, there.records, sort_by) if value not in (None, "")]
    if not known:
        raise NotJudged(f"the list does not show {_field(s, sort_by)}")
    for direction in _directions(s):
        page = s.api.page(
            {**query, "sort_by": sort_by, "sort_dir": direction, "per_page": s.limits.largest_page}
        )
        values = _values(s, page.records, sort_by)
        descending = direction == "DESC"
        expect(in_order(values, descending=descending), f"{sort_by} {direction}", values[:20], page.exchange)
        first = next((value for value in values if value not in (None, "")), None)
        wanted = max(known) if descending else min(known)
        # A page full of deals without the value proves nothing: these may come first.
        expect(first in (wanted, None), f"{wanted} first", first, page.exchange)
