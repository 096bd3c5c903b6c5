"""Filters of the list: alone and combined, each returns exactly the matching deals."""

from __future__ import annotations

from itertools import combinations

from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, refused
from contract_tests.scene.filtering import both, each_filter, having, keeps_exactly
from contract_tests.scene.scene import Scene


@law("listDeals")
def stage_id_returns_exactly_the_deals_in_that_stage(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”: all deals in the stage, and no others."""
    for stage in s.samples.values("stage_id")[:4]:
        keeps_exactly(s, {"stage_id": stage}, having("stage_id", stage), f"in stage {stage}")


@law("listDeals")
def stage_ids_returns_exactly_the_deals_in_those_stages(s: Scene) -> None:
    """“stage_ids: Comma-separated list of stage IDs to filter by”: all deals in these stages, no others."""
    stages = s.samples.values("stage_id")
    if len(stages) < 2:
        raise NotJudged("all deals are in one stage")
    for some in (stages[:1], stages[:2], stages[-2:], stages[:3][::-1]):
        text = ",".join(map(str, some))
        keeps_exactly(s, {"stage_ids": text}, having("stage_id", *some), f"in the stages {text}")


@law("listDeals")
def assigned_to_returns_exactly_the_deals_of_that_user(s: Scene) -> None:
    """“assigned_to”, an optional integer among the filters: the user the deals are assigned to."""
    people = s.samples.values("assigned_to")
    if not people:
        raise NotJudged("no deal is assigned to a user")
    for person in people[:2]:
        keeps_exactly(s, {"assigned_to": person}, having("assigned_to", person), f"assigned to {person}")


@law("listDeals")
def won_separates_won_deals_from_lost_deals(s: Scene) -> None:
    """“won: Filter won/lost deals. Values: 0, 1”: 1 means won; 0 means lost, or not won."""
    keeps_exactly(s, {"won": "1"}, lambda r: r["is_won"] is True, "that are won")
    page = s.api.page({**s.samples.base, "won": "0", "per_page": s.limits.largest_page})
    known = [s.samples.records.get(record["id"], record) for record in page.records]
    if any(not r["is_lost"] and not r["is_won"] for r in known):
        keeps_exactly(s, {"won": "0"}, lambda r: r["is_won"] is False, "that are not won")
    else:
        keeps_exactly(s, {"won": "0"}, lambda r: r["is_lost"] is True, "that are lost")


@law("listDeals")
def combined_filters_return_exactly_the_deals_that_match_all(s: Scene) -> None:
    """The list's query parameters are each “filter”: combined, all of them apply."""
    # The search for the sample deals comes on top of each pair of filters.
    for (query, test), (more, further) in combinations(each_filter(s), 2):
        wanted = {**query, **more}
        keeps_exactly(s, wanted, both(test, further), f"that match all of {wanted}")


@law("listDeals")
def total_and_pages_match_the_filtered_list(s: Scene) -> None:
    """“Retrieve a paginated list of deals”: `total` and the pages cover the filtered list."""
    stage = s.samples.values("stage_id")[0]
    wanted = s.samples.where(lambda r: r["stage_id"] == stage)
    found = s.api.listing({**s.samples.base, "stage_id": stage}, per_page=max(2, len(wanted) // 5))
    expect(found.total == len(wanted), f"total {len(wanted)}", f"total {found.total}", found.exchange)
    expect(
        sorted(found.whole().ids, key=str) == sorted(wanted, key=str),
        f"the deals {wanted}, each once",
        found.ids,
        found.exchange,
    )


@law("listDeals")
def filtering_by_an_unknown_id_returns_no_deals(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”, “assigned_to”: no deal has an unknown ID."""
    for name in ("stage_id", "assigned_to", "stage_ids"):
        exchange = s.call("listDeals", query={name: s.api.unknown_id()})
        if exchange.ok:
            page = s.api.page({name: s.api.unknown_id()})
            expect(
                page.total == 0 and not page.records, "no deals", f"total {page.total}, {page.ids}", exchange
            )
        else:
            refused(exchange, 400, 404, 422, why="or no deals")


@law("listDeals", "listDealStages", of_all=True)
def stage_totals_add_up_to_the_whole_list(s: Scene) -> None:
    """“stage_id: Filter by pipeline stage”: every deal is in one stage, so the totals add up."""
    totals = {stage["id"]: s.api.total(stage_id=stage["id"]) for stage in s.api.stages()[:20]}
    page = s.api.page({"per_page": 1})
    if len(s.api.stages()) > len(totals):
        raise NotJudged("there are too many stages to count the deals of each")
    expect(
        sum(totals.values()) == page.total,
        f"{page.total} deals in total over all stages",
        totals,
        page.exchange,
    )
