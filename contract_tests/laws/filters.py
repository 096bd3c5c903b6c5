"""Filters of the list: each keeps all that pass and nothing else, alone and together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

from contract_tests.facts import LARGEST_PAGE
from contract_tests.law import NotJudged, expect, law, refused
from contract_tests.scene.digging import Record
from contract_tests.scene.scene import Scene

Test = Callable[[Record], bool]


def keeps_exactly(s: Scene, query: Mapping[str, Any], test: Test, words: str) -> None:
    """Of the herd, the query finds those that pass the test; of all others too, none that fails it."""
    herd = s.herd
    found = s.read({**herd.base, **query})
    known = [herd.records.get(record["id"], record) for record in found.records]
    wrong = [_shown(r, query) for r in known if not test(r)]
    expect(not wrong, f"only deals {words}", f"also {wrong[:3]}", found.exchange)
    missing = [_shown(herd.records[id], query) for id in herd.where(test) - set(found.ids)]
    if found.complete:
        expect(not missing, f"every deal {words}", f"missing {missing[:3]}", found.exchange)
        count = len(found.records)
        expect(found.total == count, f"total {count}", f"total {found.total}", found.exchange)


def having(name: str, *values: Any) -> Test:
    """Whether a field has one of these values."""
    return lambda record: record.get(name) in values


def _both(test: Test, further: Test) -> Test:
    return lambda record: test(record) and further(record)


def each_filter(s: Scene) -> Iterator[tuple[Record, Test]]:
    """A query for each filter, such that no two of them keep the same."""
    stages, people = s.herd.values("stage_id"), s.herd.values("assigned_to")
    others = [person for person in people if person != s.my_id] or people
    days = sorted(day[:10] for day in s.herd.values("expected_close_date"))
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


@law("listDeals")
def stage_id_keeps_the_deals_of_that_stage(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”."""
    for stage in s.herd.values("stage_id")[:4]:
        keeps_exactly(s, {"stage_id": stage}, having("stage_id", stage), f"of stage {stage}")


@law("listDeals")
def stage_ids_keeps_the_deals_of_all_these_stages(s: Scene) -> None:
    """“stage_ids: Comma-separated list of stage IDs to filter by”."""
    stages = s.herd.values("stage_id")
    if len(stages) < 2:
        raise NotJudged("all deals are in one stage")
    for some in (stages[:1], stages[:2], stages[-2:], stages[:3][::-1]):
        text = ",".join(map(str, some))
        keeps_exactly(s, {"stage_ids": text}, having("stage_id", *some), f"of the stages {text}")


@law("listDeals")
def assigned_to_keeps_the_deals_of_that_person(s: Scene) -> None:
    """“assigned_to”, an optional integer among the filters: the user to whom the deals are assigned."""
    people = s.herd.values("assigned_to")
    if not people:
        raise NotJudged("no deal is assigned to anybody")
    for person in people[:2]:
        keeps_exactly(s, {"assigned_to": person}, having("assigned_to", person), f"assigned to {person}")


@law("listDeals")
def won_keeps_the_won_deals_or_the_lost(s: Scene) -> None:
    """“won: Filter won/lost deals. Values: 0, 1”: 1 stands for won; 0 for lost, or for not won."""
    keeps_exactly(s, {"won": "1"}, lambda r: r["is_won"] is True, "that are won")
    page = s.page({**s.herd.base, "won": "0", "per_page": LARGEST_PAGE})
    known = [s.herd.records.get(record["id"], record) for record in page.records]
    if any(not r["is_lost"] and not r["is_won"] for r in known):
        keeps_exactly(s, {"won": "0"}, lambda r: r["is_won"] is False, "that are not won")
    else:
        keeps_exactly(s, {"won": "0"}, lambda r: r["is_lost"] is True, "that are lost")


@law("listDeals")
def filters_keep_what_passes_all_of_them(s: Scene) -> None:
    """The list's query parameters are each “filter”: together they narrow the list, each as it does alone."""
    # The search is beside each two of them: it finds the herd.
    for (query, test), (more, further) in combinations(each_filter(s), 2):
        both = {**query, **more}
        keeps_exactly(s, both, _both(test, further), f"that pass all of {both}")


@law("listDeals")
def a_filtered_list_is_paged_like_any_other(s: Scene) -> None:
    """“Retrieve a paginated list of deals”: `total` and the pages are those of the filtered list."""
    stage = s.herd.values("stage_id")[0]
    wanted = s.herd.where(lambda r: r["stage_id"] == stage)
    found = s.read({**s.herd.base, "stage_id": stage}, per_page=max(2, len(wanted) // 5))
    expect(found.total == len(wanted), f"total {len(wanted)}", f"total {found.total}", found.exchange)
    expect(
        sorted(found.whole().ids, key=str) == sorted(wanted, key=str),
        f"the deals {wanted}, each once",
        found.ids,
        found.exchange,
    )


@law("listDeals")
def an_id_that_nobody_has_matches_nothing(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”, “assigned_to”: no deal is of what is not there."""
    for name in ("stage_id", "assigned_to", "stage_ids"):
        exchange = s.call("listDeals", query={name: s.unknown_id()})
        if exchange.ok:
            page = s.page({name: s.unknown_id()})
            expect(
                page.total == 0 and not page.records, "no deals", f"total {page.total}, {page.ids}", exchange
            )
        else:
            refused(exchange, 400, 404, 422, why="or no deals")


@law("listDeals", "listDealStages", of_all=True)
def the_stages_partition_the_list(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”: every deal is in one stage, so their totals add up."""
    totals = {stage["id"]: s.total(stage_id=stage["id"]) for stage in s.stages()[:20]}
    page = s.page({"per_page": 1})
    if len(s.stages()) > len(totals):
        raise NotJudged("there are too many stages to count each")
    expect(
        sum(totals.values()) == page.total,
        f"{page.total} deals in all stages together",
        totals,
        page.exchange,
    )
