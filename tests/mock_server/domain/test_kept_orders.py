"""Orders that are kept with the world: a page is what a world without them shows, whatever was written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain import orders
from mock_server.domain.listing import EVERY_DEAL, Filters, Sort, filters, page_of_deals
from mock_server.domain.orders import MOST_KEPT, MOST_WRITTEN
from mock_server.domain.world import Company, Contact, World
from tests.mock_server.domain.builders import (
    ANN,
    BOB,
    CLEO,
    LEAD,
    LOST,
    NOW,
    PROPOSAL,
    USERS,
    WON,
    deal,
    note,
    stage,
    user,
    world,
)

SEARCHED = ("name", "company_name", "contact_name")
QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"search": "a"},
    {"search": "acme", "stage_ids": f"{LEAD},{WON}"},
    {"stage_id": LEAD},
    {"assigned_to": ANN},
    {"won": "1"},
    {"won": "0", "scope": "team"},
    {"scope": "me"},
    {"scope": "team", "search": "É"},
    {"date_from": "2026-02-01", "date_to": "2026-02-03", "date_field": "expected_close_date"},
    {"date_to": "2026-02-08", "date_field": "created_at"},
)
SORTS = tuple(
    Sort(name, descending)
    for name in ("name", "value", "company_name", "stage_name", "closed_at")
    for descending in (False, True)
)

ids = st.integers(1, 30)
deals = st.builds(
    deal,
    ids,
    name=st.sampled_from(["a", "A", "b", "é", "É", "Acme"]),
    value=st.sampled_from([None, 0, 1, 1.5]),
    stage_id=st.sampled_from([LEAD, PROPOSAL, WON, LOST]),
    company_id=st.sampled_from([None, 1, 2]),
    contact_id=st.sampled_from([None, 1, 2]),
    assigned_to=st.sampled_from([None, ANN, BOB, CLEO]),
    expected_close_date=st.none() | st.dates(date(2026, 1, 31), date(2026, 2, 4)),
    closed_at=st.sampled_from([None, NOW]),
    created_at=st.sampled_from([NOW, NOW - timedelta(days=1)]),
)
others = st.sampled_from(
    [
        ("companies", Company(id=1, name="Zeta")),
        ("contacts", Contact(id=1, first_name="Acme", last_name="", email="")),
        ("stages", stage(LEAD, "Zulu", 10, is_won=True)),
        ("users", user(BOB, "Bob", "West")),
        ("notes", note(1, deal_id=1)),
    ]
)
reads = st.tuples(st.sampled_from(QUERIES), st.sampled_from(SORTS), st.sampled_from(USERS))
steps = st.lists(
    st.one_of(
        reads,
        st.lists(deals, min_size=1, max_size=3),
        st.frozensets(ids, min_size=1, max_size=3),
        others.map(lambda pair: {pair[0]: pair[1]}),
        st.just("back"),
    ),
    max_size=30,
)


def wanted_by(read: Any) -> tuple[Filters, Sort]:
    query, sort, viewer = read
    return filters(query, viewer, SEARCHED), sort


def written(whole: World, step: Any) -> World:
    if isinstance(step, dict):
        return next(whole.put(name, record) for name, record in step.items())
    if isinstance(step, frozenset):
        return whole.drop("deals", *step)
    return whole.put("deals", *step)


def taken(start: World, taken_steps: list[Any]) -> list[World]:
    """All worlds on the way; "back" goes on from the world before the last one, which stays."""
    worlds = [start]
    for step in taken_steps:
        if step == "back":
            worlds.append(worlds[-2] if len(worlds) > 1 else start)
        elif isinstance(step, tuple):
            page_of_deals(worlds[-1], *wanted_by(step), 1, 3)
        else:
            worlds.append(written(worlds[-1], step))
    return worlds


@pytest.mark.parametrize(("bulk", "kept", "remembered"), [(8, 24, 500), (1, 2, 3), (1, 24, 500)])
@given(start=st.lists(deals, max_size=40), many=steps, last=reads)
def test_a_page_is_what_a_world_without_kept_orders_shows(
    bulk: int, kept: int, remembered: int, start: list[Any], many: list[Any], last: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "BULK", bulk)
        patch.setattr(orders, "MOST_KEPT", kept)
        patch.setattr(orders, "MOST_WRITTEN", remembered)
        worlds = taken(world(*start), [last, *many])
        for whole in worlds[::-1]:  # the latest one first: what it keeps is not that of earlier ones
            for query in (last, *(step for step in many if isinstance(step, tuple))):
                shown = page_of_deals(whole, *wanted_by(query), 1, 100)
                assert shown == page_of_deals(whole.without_caches(), *wanted_by(query), 1, 100)


@pytest.fixture
def many() -> World:
    """So many deals that a few writes are no reason to sort anew."""
    return world(*(deal(id_, value=id_, name=f"Deal {id_ % 7}") for id_ in range(1, 9 * MOST_WRITTEN)))


@pytest.fixture
def sorted_anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many deals each order had that was made by sorting, or by going through another."""
    made: list[int] = []
    of, only = orders.Order.of, orders.Order.only

    def counted(order: orders.Order) -> orders.Order:
        made.append(len(order))
        return order

    monkeypatch.setattr(orders.Order, "of", lambda entries: counted(of(entries)))
    monkeypatch.setattr(orders.Order, "only", lambda order, wanted: counted(only(order, wanted)))
    return made


@pytest.mark.parametrize("query", [{}, *QUERIES[1:]])
def test_an_order_is_made_once_and_then_follows_the_writes(
    many: World, sorted_anew: list[int], query: dict[str, Any]
) -> None:
    wanted, sort = filters(query, USERS[0], SEARCHED), Sort("value", descending=True)
    page_of_deals(many, wanted, sort, 1, 25)
    first = len(sorted_anew)
    whole = many
    for id_ in range(1, MOST_WRITTEN // 2):
        whole = whole.put("deals", deal(id_, value=-id_)).put("notes", note(id_, deal_id=id_))
        if id_ % 9 == 0:
            page_of_deals(whole, filters(query, USERS[0], SEARCHED), sort, 3, 25)
    assert first > 0
    assert len(sorted_anew) == first


def test_an_order_that_missed_too_many_writes_is_made_anew(many: World, sorted_anew: list[int]) -> None:
    page_of_deals(many, EVERY_DEAL, Sort("value"), 1, 25)
    for id_ in range(1, MOST_WRITTEN + 2):
        many = many.put("deals", deal(id_, value=10**9))
    assert page_of_deals(many, EVERY_DEAL, Sort("value", descending=True), 1, 25)[0][0].id == 1
    assert len(sorted_anew) == 2


def test_of_many_orders_those_used_last_are_kept(sorted_anew: list[int]) -> None:
    whole = world(*(deal(id_) for id_ in range(1, 9)))

    def ask(stage_id: int) -> None:
        page_of_deals(whole, filters({"stage_id": stage_id}, USERS[0]), Sort("name"), 1, 25)

    for stage_id in range(100, 100 + MOST_KEPT):
        ask(stage_id)
        ask(100)
    assert len(sorted_anew) == MOST_KEPT
    ask(999)  # one too many: 101 has not been used for the longest time
    ask(100)
    assert len(sorted_anew) == MOST_KEPT + 1
    ask(101)
    assert len(sorted_anew) == MOST_KEPT + 2


def test_equal_filters_are_one_however_they_were_asked_for() -> None:
    asked: list[dict[str, Any]] = [
        {"search": "Café", "date_from": "2026-02-01", "date_field": "created_at", "stage_ids": "1,2"},
        {
            "search": "CAFE\u0301",
            "date_from": date(2026, 2, 1),
            "date_field": "created_at",
            "stage_ids": "2, 1",
        },
    ]
    made = {filters(each, USERS[0], SEARCHED) for each in asked}
    assert len(made) == 1
    assert len({filters({"scope": "me"}, each) for each in USERS}) == len(USERS)
    assert len({filters({"scope": "team"}, each) for each in USERS}) == 2
