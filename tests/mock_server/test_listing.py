"""The list over HTTP, compared with an oracle of the tests: filters, orders and pages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.domain.world import User, World
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, PEOPLE, Api, Start, contract, mock_on, seeded
from tests.mock_server.domain.builders import deal
from tests.mock_server.listing_oracle import SORTS, Deal, Query, all_ids, expected, pages, whole_list


@pytest.fixture(scope="module")
def everything(reader: Api) -> list[Deal]:
    deals = whole_list(reader)
    assert {deal["id"] for deal in deals} == set(reader.world.deals.rows)
    return deals


# Pages


@pytest.mark.parametrize("per_page", [1, 7, 25, 99, 100])
def test_pages_partition_the_list(reader: Api, everything: list[Deal], per_page: int) -> None:
    taken = list(pages(reader, per_page=per_page, scope="me"))
    assert [deal["id"] for page in taken for deal in page] == expected(everything, {"scope": "me"})
    assert {len(page) for page in taken[:-1]} <= {per_page}


@pytest.mark.parametrize(
    ("query", "about"),
    [
        ({}, {"current_page": 1, "per_page": 25, "last_page": 8, "total": 200}),
        ({"page": 8}, {"current_page": 8, "per_page": 25, "last_page": 8, "total": 200}),
        ({"per_page": 99}, {"current_page": 1, "per_page": 99, "last_page": 3, "total": 200}),
        ({"per_page": 100}, {"current_page": 1, "per_page": 100, "last_page": 2, "total": 200}),
        ({"search": "no such deal"}, {"current_page": 1, "per_page": 25, "last_page": 1, "total": 0}),
    ],
)
def test_a_page_tells_where_it_is(reader: Api, query: Query, about: dict[str, int]) -> None:
    answer = reader.get("/deals", **query).json()
    assert {name: answer[name] for name in about} == about
    assert set(answer) == {"data", *about}


@pytest.mark.parametrize("query", [{"page": 9}, {"page": 10**9, "per_page": 100}, {"page": 3, "stage_id": 6}])
def test_a_page_past_the_end_is_empty_and_still_tells_the_total(reader: Api, query: Query) -> None:
    answer = reader.get("/deals", **query).json()
    first = reader.get("/deals", **{**query, "page": 1}).json()
    assert answer["data"] == []
    assert answer == first | {"data": [], "current_page": query["page"]}


def test_an_empty_world_has_one_empty_page(start: Start) -> None:
    assert start(seeded(deals=0)).get("/deals").json() == {
        "data": [],
        "current_page": 1,
        "last_page": 1,
        "per_page": 25,
        "total": 0,
    }


# Orders


def test_every_sort_of_the_contract_is_tested_here() -> None:
    assert list(SORTS) == list(contract().fields_of("sort_by"))


@pytest.mark.parametrize("sort_dir", ["ASC", "DESC"])
@pytest.mark.parametrize("sort_by", SORTS)
def test_every_sort_is_a_total_order_with_nulls_last_and_ties_by_id(
    reader: Api, everything: list[Deal], sort_by: str, sort_dir: str
) -> None:
    query = {"sort_by": sort_by, "sort_dir": sort_dir}
    assert all_ids(reader, **query) == expected(everything, query)
    assert all_ids(reader, **query, stage_ids="2,5") == expected(everything, query | {"stage_ids": "2,5"})


def test_by_default_the_list_is_sorted_by_title_ascending(reader: Api) -> None:
    assert all_ids(reader) == all_ids(reader, sort_by="title", sort_dir="ASC")


def test_ties_and_nulls_occur_so_that_the_orders_say_something(everything: list[Deal]) -> None:
    for name in ("value", "expected_close_date", "closed_at", "contact_name", "assigned_name"):
        values = [deal[name] for deal in everything]
        assert None in values
        assert len(set(values)) < len(values)


# Filters

ONE_BY_ONE: list[Query] = [
    {"search": "acme"},
    {"search": "ACME CORP"},
    {"search": "jane smith"},
    {"stage_id": 3},
    {"stage_ids": "1"},
    {"stage_ids": "2,4,6"},
    {"stage_ids": "6,6,99"},
    {"assigned_to": 1},
    {"won": "1"},
    {"won": "0"},
    {"scope": "me"},
    {"scope": "team"},
    {"date_from": "2026-02-09"},
    {"date_to": "2026-02-09"},
    {"date_field": "closed_at", "date_from": "2026-01-01"},
    {"date_field": "created_at", "date_from": "2025-12-01", "date_to": "2026-01-31"},
    {"stage_id": 3, "stage_ids": "2,3"},
    {"scope": "team", "assigned_to": 2},
    {"search": "a", "won": "1", "scope": "team"},
]
NOTHING: list[Query] = [
    {"stage_id": 99},
    {"stage_ids": "99,100"},
    {"assigned_to": 99},
    {"stage_id": 1, "stage_ids": "2"},
    {"stage_id": 1, "won": "1"},
    {"scope": "me", "assigned_to": 2},
    {"date_from": "2026-03-01", "date_to": "2026-02-01"},
    {"date_field": "closed_at", "date_from": "2026-02-10"},
]
EVERYTHING: list[Query] = [
    {"scope": "company"},
    {"search": ""},
    {"date_field": "closed_at"},
    {"unknown": "1"},
]


@pytest.mark.parametrize("query", ONE_BY_ONE, ids=str)
def test_a_filter_keeps_exactly_what_it_asks_for(reader: Api, everything: list[Deal], query: Query) -> None:
    ids = all_ids(reader, **query)
    assert ids == expected(everything, query)
    assert 0 < len(ids) < len(everything)


@pytest.mark.parametrize(("queries", "count"), [(NOTHING, 0), (EVERYTHING, 200)])
def test_a_filter_may_keep_nothing_or_everything(reader: Api, queries: list[Query], count: int) -> None:
    assert [reader.get("/deals", **query).json()["total"] for query in queries] == [count] * len(queries)


days = st.dates(date(2025, 6, 1), date(2026, 9, 1)).map(str)
queries = st.fixed_dictionaries(
    {},
    optional={
        "search": st.sampled_from(["a", "E", "inc", "&", " ", "ü", "license"]),
        "stage_id": st.integers(1, 7),
        "stage_ids": st.lists(st.integers(1, 7).map(str), min_size=1, max_size=5).map(",".join),
        "assigned_to": st.integers(1, 9),
        "won": st.sampled_from("01"),
        "scope": st.sampled_from(["me", "team", "company"]),
        "date_from": days,
        "date_to": days,
        "date_field": st.sampled_from(["expected_close_date", "closed_at", "created_at"]),
        "sort_by": st.sampled_from(sorted(SORTS)),
        "sort_dir": st.sampled_from(["ASC", "DESC"]),
    },
)


@settings(max_examples=60)
@given(queries, st.sampled_from(sorted(PEOPLE)))
def test_filters_combine_for_every_person(
    reader: Api, everything: list[Deal], query: Query, person: str
) -> None:
    assert all_ids(reader.as_(person), **query) == expected(everything, query, PEOPLE[person])


@pytest.mark.parametrize("user", seeded().users, ids=lambda user: user.first_name)
def test_scopes_are_nested_and_each_persons_own(reader: Api, everything: list[Deal], user: User) -> None:
    api = reader.sign_in(user.email)
    me, team, company = (all_ids(api, scope=scope) for scope in ("me", "team", "company"))
    assert set(me) < set(team) < set(company)
    for ids, scope in ((me, "me"), (team, "team"), (company, "company")):
        assert ids == expected(everything, {"scope": scope}, user.id)


def test_a_deal_of_nobody_is_only_in_the_scope_of_the_company(reader: Api, everything: list[Deal]) -> None:
    unowned = {deal["id"] for deal in everything if deal["assigned_to"] is None}
    assert unowned
    assert unowned.isdisjoint(all_ids(reader, scope="team"))


# Search, on a world of hostile names


@pytest.fixture(scope="module")
def nasty() -> Api:
    return mock_on(load_world("nasty", NOW))


@pytest.mark.parametrize(
    ("term", "ids"),
    [
        ("%", [16, 17, 21]),
        ("_", [16, 18]),
        ("100% sure_", [16]),
        ("%'", []),
        ("\\", [19]),
        ('"', [2, 20]),
        ("'); drop table", [1, 3]),
        ("<SCRIPT>", [2]),
        (".*(a+)+$", [21]),
        ("🏳️‍🌈", [30]),
        ("👍🏽!", [25]),
        ("عقد", [27]),
        ("STRASSE", [31]),
        ("ﬁNANCE", [31]),
        ("όσος", [31]),
        ("café", [32, 33]),
        ("CAFE\u0301", [32, 33]),
        ("cafe", []),
        ("a name\nof", [15]),
        ("  leading", [12]),
        ("ABSENT", []),
    ],
)
def test_search_takes_every_character_as_it_is(nasty: Api, term: str, ids: list[int]) -> None:
    assert sorted(nasty.ids(search=term)) == ids


def test_search_agrees_with_the_oracle_on_hostile_names(nasty: Api) -> None:
    deals = whole_list(nasty)
    for term in {word for each in deals for word in each["name"].split(" ") if word}:
        assert all_ids(nasty, search=term) == expected(deals, {"search": term})


# Dates

DAY = datetime(2026, 2, 1, tzinfo=UTC)
NEXT = datetime(2026, 2, 2, tzinfo=UTC)
MOMENTS = {
    1: datetime(2026, 1, 31, 23, 59, 59, 999999, UTC),
    2: DAY,
    3: datetime(2026, 2, 1, 23, 59, 59, 999999, UTC),
    4: NEXT,
}


def around_a_day() -> World:
    """Four deals: all dates of the second and third are at the ends of 1 February; one has no dates."""
    dated = [
        deal(id_, stage_id=5, created_at=at, closed_at=at, expected_close_date=at.date())
        for id_, at in MOMENTS.items()
    ]
    undated = deal(5, created_at=datetime(2020, 1, 1, tzinfo=UTC))
    return seeded(deals=0).put("deals", *dated, undated)


@pytest.mark.parametrize("date_field", ["expected_close_date", "closed_at", "created_at"])
def test_a_range_of_days_includes_both_ends(start: Start, date_field: str) -> None:
    api = start(around_a_day())
    table: list[tuple[Query, list[int]]] = [
        ({"date_from": "2026-02-01", "date_to": "2026-02-01"}, [2, 3]),
        ({"date_from": "2026-02-01"}, [2, 3, 4]),
        ({"date_from": "2026-01-31", "date_to": "2026-02-02"}, [1, 2, 3, 4]),
        ({"date_from": "2026-02-03"}, []),
        ({"date_to": "2026-01-31", "date_from": "2021-01-01"}, [1]),
    ]
    for query, ids in table:
        assert api.ids(date_field=date_field, **query) == ids
        board = api.data("/deals/pipeline", date_field=date_field, **query)
        assert [each["id"] for column in board for each in column["deals"]] == ids


def test_the_date_that_counts_is_the_expected_close_date_unless_told(start: Start) -> None:
    day = {"date_from": "2026-02-01", "date_to": "2026-02-01"}
    late = deal(9, created_at=DAY, expected_close_date=NEXT.date())
    api = start(around_a_day().put("deals", late))
    assert api.ids(**day) == [2, 3]
    assert api.ids(**day, date_field="created_at") == [2, 3, 9]
