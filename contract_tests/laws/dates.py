"""Date ranges of the list: inclusive at both ends, for each of the three date fields."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.filtering import day_of, keeps_exactly, within
from contract_tests.scene.json_search import Record
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.scene import Scene
from contract_tests.scene.small_whole import small_whole

EVER: Final = {"date_from": "1900-01-01", "date_to": "2999-12-31"}
A_DAY: Final = timedelta(days=1)


def _date_fields(limits: ContractLimits) -> tuple[str, ...]:
    return limits.values("listDeals", "date_field")


def _days(s: Scene) -> list[str]:
    days = sorted({day_of(record) for record in s.samples.records.values()} - {""})
    if len(days) < 3:
        raise NotJudged("fewer than three different days in expected_close_date")
    return days


def _closed(record: Record) -> bool:
    return record["is_won"] is True or record["is_lost"] is True


@law("listDeals")
def date_from_and_date_to_are_inclusive(s: Scene) -> None:
    """“date_from: … date range start”, “date_to: … end”, “default: expected_close_date”: both included."""
    days = _days(s)
    first, last = days[len(days) // 3], days[len(days) // 2]
    keeps_exactly(s, {"date_from": first}, lambda r: day_of(r) >= first, f"dated {first} or later")
    keeps_exactly(s, {"date_to": last}, lambda r: "" < day_of(r) <= last, f"dated {last} or earlier")
    for first, last in ((days[1], days[-2]), (days[1], days[1])):
        query = {"date_from": first, "date_to": last, "date_field": "expected_close_date"}
        keeps_exactly(s, query, within(first, last), f"dated {first} to {last}")


@law("listDeals")
def a_date_range_that_ends_before_it_starts_is_empty(s: Scene) -> None:
    """“date range start”, “date range end”: the range contains no day (or is refused)."""
    days = _days(s)
    query = {**s.samples.base, "date_from": days[-1], "date_to": days[0]}
    exchange = s.call("listDeals", query=query)
    if exchange.ok:
        page = s.api.page(query)
        expect(
            page.total == 0 and not page.records,
            "no deals",
            f"total {page.total}, deals {page.ids[:5]}",
            exchange,
        )


@law("listDeals", cases=_date_fields, of_all=True)
def counts_before_and_from_a_date_add_up_to_the_total(s: Scene, field: str) -> None:
    """“date_field: … Values: expected_close_date, closed_at, created_at”: a date is before a day, or not."""
    days = sorted({day_of(r, field) for r in s.api.all_deals().records} - {""})
    if not days:
        raise NotJudged(f"no listed deal shows its {field}")
    middle = date.fromisoformat(days[len(days) // 2])
    before = s.api.page({"date_field": field, "date_to": middle - A_DAY, "per_page": 1})
    after = s.api.page({"date_field": field, "date_from": middle, "per_page": 1})
    first = min(days[0], EVER["date_from"])  # odd data may have earlier dates
    ever = s.api.page({"date_field": field, "date_from": first, "per_page": 1})
    expect(
        before.total + after.total == ever.total,
        f"{ever.total} deals, before {middle} plus from that day on",
        f"{before.total} and {after.total}",
        before.exchange,
        after.exchange,
        ever.exchange,
    )


@law("listDeals", cases=_date_fields, of_all=True)
def a_date_range_counts_the_deals_dated_within_it(s: Scene, field: str) -> None:
    """“date_field: Date field to filter on. Values: expected_close_date, closed_at, created_at”."""
    query, there = small_whole(s.api)
    days = sorted({day_of(r, field) for r in there.deals} - {""})
    if len(days) < 3:
        raise NotJudged(f"the deals show fewer than three different days in {field}")
    first, last = days[len(days) // 4], days[len(days) * 3 // 4]
    # The server may count days in another time zone than UTC.
    slack = A_DAY if field != "expected_close_date" else timedelta()
    page = s.api.page({**query, "date_field": field, "date_from": first, "date_to": last, "per_page": 1})
    least = _between(there.deals, field, date.fromisoformat(first) + slack, date.fromisoformat(last) - slack)
    most = _between(there.deals, field, date.fromisoformat(first) - slack, date.fromisoformat(last) + slack)
    expect(least <= page.total <= most, f"total {least} to {most}", f"total {page.total}", page.exchange)


def _between(records: list[Record], field: str, first: date, last: date) -> int:
    return sum(first.isoformat() <= day_of(r, field) <= last.isoformat() for r in records)


@law("listDeals", of_all=True)
def created_at_filters_find_each_deal_on_exactly_one_day(s: Scene) -> None:
    """“date_field: … created_at”, “Timestamps are UTC”: a deal has one creation date."""
    middle = day_of(next(iter(s.samples.records.values())), "created_at")
    deals = s.samples.where(lambda r: day_of(r, "created_at") == middle)
    found, exchanges = _on_days_around(s, "created_at", date.fromisoformat(middle))
    wrong = {id: found[id] for id in deals if found[id] != 1}
    expect(
        not wrong,
        f"each deal created on {middle} found on exactly one of the days around it",
        f"times found, by id: {wrong}",
        *exchanges,
    )


@law("listDeals", needs=("writes",), of_all=True)
def closed_at_filters_find_each_closed_deal_on_one_day_and_no_open_deal(s: Scene) -> None:
    """“date_field: … closed_at”: a deal won or lost today was closed today; an open deal has no such date."""
    closed = s.samples.where(_closed)
    if not closed:
        raise NotJudged("no sample deal could be closed")
    today = date.fromisoformat(day_of(s.samples.records[max(s.samples.records, key=str)], "created_at"))
    found, exchanges = _on_days_around(s, "closed_at", today)
    wrong = {id: found[id] for id in closed if found[id] != 1}
    expect(
        not wrong,
        "each closed deal found on exactly one of the days around today",
        f"times found, by id: {wrong}",
        *exchanges,
    )
    ever = s.api.listing({**s.samples.base, "date_field": "closed_at", **EVER})
    open_ = sorted(set(ever.ids) & (s.samples.records.keys() - closed), key=str)
    expect(not open_, "no open deal in a range of closed_at", f"open deals {open_}", ever.exchange)


def _on_days_around(s: Scene, field: str, day: date) -> tuple[Counter[Any], list[Exchange]]:
    """How often each deal is found on this day, the day before and the day after, and the requests."""
    found: Counter[Any] = Counter()
    exchanges: list[Exchange] = []
    for each in (day - A_DAY, day, day + A_DAY):
        listing = s.api.listing(
            {**s.samples.base, "date_field": field, "date_from": each, "date_to": each}
        ).whole()
        exchanges.append(listing.exchange)
        found.update(listing.ids)
    return found, exchanges


@law("listDeals", cases=_date_fields, of_all=True)
def a_wider_date_range_includes_every_narrower_one(s: Scene, field: str) -> None:
    """“Filter by date range start”, “… end”: a wider range includes the deals of every narrower one."""
    known = [day_of(r, field) for r in s.samples.records.values() if day_of(r, field)]
    middle = date.fromisoformat(sorted(known)[len(known) // 2]) if known else date.fromisoformat(_days(s)[0])
    inner: set[Any] = set()
    for width in (0, 2, 7, 400):
        span = timedelta(days=width)
        query = {**s.samples.base, "date_field": field, "date_from": middle - span, "date_to": middle + span}
        found = s.api.listing(query).whole()
        lost = inner - set(found.ids)
        expect(
            not lost,
            f"within {width} days of {middle}, all deals of the narrower range",
            f"missing {lost}",
            found.exchange,
        )
        inner = set(found.ids)
