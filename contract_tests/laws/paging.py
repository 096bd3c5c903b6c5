"""Paging through the list of deals."""

from __future__ import annotations

from math import ceil

from contract_tests.laws.law import law
from contract_tests.scene.expectations import Broken, expect, refused
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.listing import Page
from contract_tests.scene.scene import Scene


def _largest(limits: ContractLimits) -> int:
    return int(limits.of("listDeals", "per_page", "maximum"))


def _sizes(limits: ContractLimits) -> tuple[str, ...]:
    """Page sizes: one leaves a remainder, one divides the 14 sample deals, one holds them all."""
    return "3", "7", str(_largest(limits))


def _too_large(limits: ContractLimits) -> tuple[str, ...]:
    return str(_largest(limits) + 1), str(_largest(limits) * 5)


def _size(s: Scene, case: str) -> int:
    """The page size; larger if there are many sample deals, as on a read-only server."""
    count = len(s.samples.records)
    most = _largest(s.limits)
    return int(case) if count <= most // 4 else min(most, int(case) * count // 14)


def _pages(s: Scene, case: str) -> list[Page]:
    """The sample deals on pages of this size; reads all pages, whatever `last_page` says."""
    size = _size(s, case)
    query = {**s.samples.base, "per_page": size, "sort_by": "value"}
    numbers = range(1, ceil(len(s.samples.records) / size) + 1)
    return s.api.once(
        f"pages of {size}", lambda: [s.api.page({**query, "page": number}) for number in numbers]
    )


@law("listDeals", cases=_sizes)
def pages_partition_the_list(s: Scene, size: str) -> None:
    """“page: Page number”, “per_page: Number of results per page”: each deal is on one page."""
    pages = _pages(s, size)
    ids = [id for page in pages for id in page.ids]
    twice = sorted({id for id in ids if ids.count(id) > 1}, key=str)
    expect(not twice, "no deal on two pages", f"deals {twice} on two pages", *(p.exchange for p in pages[:3]))
    missing = sorted(s.samples.records.keys() - set(ids), key=str)
    expect(
        not missing, "every deal on some page", f"deals {missing} on none", *(p.exchange for p in pages[:3])
    )
    _all_but_the_last_are_full(pages, len(s.samples.records), _size(s, size))


def _all_but_the_last_are_full(pages: list[Page], count: int, size: int) -> None:
    for place, page in enumerate(pages):
        wanted = min(max(count - place * size, 0), size)
        got = len(page.records)
        expect(got == wanted, f"{wanted} deals on page {place + 1}", f"{got} deals", page.exchange)


@law("listDeals", cases=_sizes)
def total_counts_every_matching_deal(s: Scene, size: str) -> None:
    """“total” of the paginated list: all matching deals, whatever the page size."""
    count = len(s.samples.records)
    for page in _pages(s, size):
        expect(page.total == count, f"total {count}", f"total {page.total}", page.exchange)


@law("listDeals", cases=_sizes)
def last_page_is_the_number_of_pages(s: Scene, size: str) -> None:
    """“last_page” of the paginated list: `total` divided by `per_page`, rounded up."""
    wanted = ceil(len(s.samples.records) / _size(s, size))
    for page in _pages(s, size):
        expect(page.last_page == wanted, f"last_page {wanted}", f"last_page {page.last_page}", page.exchange)


@law("listDeals", cases=_sizes)
def current_page_and_per_page_match_the_request(s: Scene, size: str) -> None:
    """“current_page”, “per_page” of the list; “page: Page number”, “per_page: Number of results per page”."""
    for number, page in enumerate(_pages(s, size), 1):
        expect(
            page.current_page == number,
            f"current_page {number}",
            f"current_page {page.current_page}",
            page.exchange,
        )
        expect(
            page.per_page == _size(s, size),
            f"per_page {_size(s, size)}",
            f"per_page {page.per_page}",
            page.exchange,
        )


@law("listDeals")
def per_page_does_not_change_the_order(s: Scene) -> None:
    """“per_page: Number of results per page”: the number of results, not their order."""
    query = {**s.samples.base, "sort_by": "title"}
    size = max(5, len(s.samples.records) // 8)
    small, large = s.api.listing(query, per_page=size).whole(), s.api.listing(query).whole()
    expect(small.ids == large.ids, f"ids {large.ids}", f"ids {small.ids} on pages of {size}", small.exchange)


@law("listDeals")
def a_page_past_the_end_is_empty(s: Scene) -> None:
    """“page: Page number for pagination”: there are no deals after the last page."""
    beyond = len(s.samples.records) + 1
    exchange = s.call("listDeals", query={**s.samples.base, "per_page": 1, "page": beyond})
    if exchange.ok:
        page = s.api.page({**s.samples.base, "per_page": 1, "page": beyond})
        if page.current_page == page.last_page:
            return  # the server says that this is the last page instead
        expect(not page.records, "no deals", f"deals {page.ids}", page.exchange)
        wanted = len(s.samples.records)
        expect(page.total == wanted, f"total {wanted}", f"total {page.total}", page.exchange)
    else:
        refused(exchange, 400, 404, 422, why="or an empty page")


@law("listDeals", of_all=True)
def page_and_per_page_default_as_documented(s: Scene) -> None:
    """“page: … Default: 1”, “per_page: … Default: 25”: without them, the first page of the default size."""
    default = s.limits.of("listDeals", "per_page", "default")
    page = s.api.page()
    expect(page.current_page == 1, "current_page 1", f"current_page {page.current_page}", page.exchange)
    expect(page.per_page == default, f"per_page {default}", f"per_page {page.per_page}", page.exchange)
    wanted = min(default, page.total)
    expect(len(page.records) == wanted, f"{wanted} deals", f"{len(page.records)} deals", page.exchange)
    explicit = s.api.page({"page": 1, "per_page": default})
    expect(
        page.ids == explicit.ids,
        f"the same deals as with page=1&per_page={default}: {explicit.ids}",
        page.ids,
        page.exchange,
    )


@law("listDeals", cases=_too_large)
def a_page_never_exceeds_the_maximum_per_page(s: Scene, size: str) -> None:
    """“per_page: Number of results per page (max 100)”: a larger value is refused or reduced."""
    most = _largest(s.limits)
    exchange = s.call("listDeals", query={"per_page": size})
    if not exchange.ok:
        refused(exchange, why=f"or at most {most} deals")
        return
    page = s.api.page({"per_page": size})
    says = page.per_page if isinstance(page.per_page, int) else 0
    expect(len(page.records) <= most, f"at most {most} deals", f"{len(page.records)} deals", page.exchange)
    expect(says <= most, f"per_page at most {most}", f"per_page {says}", page.exchange)


@law("listDeals", of_all=True)
def a_page_can_hold_the_maximum_per_page(s: Scene) -> None:
    """“per_page: … Max: 100”, “total”: pages of the maximum size hold the whole list, each deal once."""
    everything = s.api.all_deals(fresh=True)
    _all_but_the_last_are_full(everything.pages, everything.total, _largest(s.limits))
    if everything.complete:
        count = len(set(everything.ids))
        expect(
            count == everything.total,
            f"{everything.total} different deals",
            f"{count} different deals",
            everything.exchange,
        )
        expect(len(everything.ids) == count, "each deal once", "some deals twice", everything.exchange)


@law("listDeals")
def a_search_without_matches_returns_an_empty_page(s: Scene) -> None:
    """“search: Search term to filter results”, “total”: only matching deals are listed and counted."""
    page = s.api.page({"search": f"{s.word()}nowhere"})
    if page.last_page not in (0, 1):
        raise Broken("last_page 1 (or 0)", f"last_page {page.last_page}", page.exchange)
    expect(page.total == 0, "total 0", f"total {page.total}", page.exchange)
    expect(not page.records, "no deals", f"deals {page.ids}", page.exchange)
