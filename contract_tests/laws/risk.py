"""The risk of open deals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.filtering import day_of
from contract_tests.scene.json_search import Record, as_number
from contract_tests.scene.scene import Scene

Query = Mapping[str, Any]
LevelAndScore = tuple[Any, Any]
Listed = dict[Any, tuple[Query, Record]]
Views = dict[str, tuple[LevelAndScore, Exchange]]

RISK: Final = ("Deal.risk",)
PARTS: Final = ("risk_level", "risk_score")  # whether there are factors is for the schema to say
LATE: Final = range(1, 9)  # days
MOST: Final = 14  # details that are compared with the list


def _open(records: list[Record]) -> list[Record]:
    return [record for record in records if record["is_won"] is False and record["is_lost"] is False]


def _unscored(records: list[Record]) -> list[Record]:
    return [record for record in _open(records) if not _has_risk(record)]


def _has_risk(record: Record) -> bool:
    risk = record.get("risk")
    return isinstance(risk, dict) and all(risk.get(part) is not None for part in PARTS)


@law("listDeals", about=RISK)
def every_open_deal_in_the_list_has_a_risk(s: Scene) -> None:
    """“Retrieve a paginated list of deals. Includes risk scoring for open deals.”"""
    for query in ({}, s.samples.base):
        # A new deal may be scored a moment later.
        listing = s.api.eventually(partial(s.api.listing, query), lambda found: not _unscored(found.records))
        wrong = [(r["id"], r.get("risk")) for r in _unscored(listing.records)]
        expect(
            not wrong,
            f"a risk with {', '.join(PARTS)} for every open deal",
            f"(id, risk) {wrong[:3]}",
            listing.exchange,
        )


@law("getDeal", about=RISK)
def the_details_of_an_open_deal_include_its_risk(s: Scene) -> None:
    """“Retrieve a single deal with full details including risk score.”"""
    for record in [
        *_open(list(s.samples.records.values()))[:5],
        *(record for _, record in _of_each_score(s).values()),
    ]:
        details, exchange = s.api.eventually(
            partial(s.api.details, record["id"]), lambda found: _has_risk(found[0])
        )
        expect(_has_risk(details), f"a risk with {', '.join(PARTS)}", f"risk {details.get('risk')}", exchange)


@law("getDealPipeline", about=RISK)
def every_open_deal_on_the_board_has_a_risk(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage for Kanban view. Includes risk scoring.”"""
    groups, exchange = s.api.eventually(
        s.api.board, lambda board: not any(_unscored(deals) for _, deals in board[0])
    )
    wrong = [(r["id"], r.get("risk")) for _, deals in groups for r in _unscored(deals)]
    expect(
        not wrong, f"a risk with {', '.join(PARTS)} for every open deal", f"(id, risk) {wrong[:3]}", exchange
    )


@law("getDeal", "listDeals", of_all=True, about=RISK)
def list_and_details_show_the_same_risk(s: Scene) -> None:
    """“Includes risk scoring for open deals”, “full details including risk score”: the same risk."""
    for id, (query, record) in _of_each_score(s).items():
        details, exchange = s.api.details(id)
        if not _has_risk(details):
            continue  # for the law above to judge
        there, here = _level_and_score(record), _level_and_score(details)
        if there != here:  # one of them may have been rescored in between
            there, here = s.api.eventually(partial(_both, s, query, id), lambda both: both[0] == both[1])
        blamed = _outvoted(s, id, there) if there != here else None
        expect(there == here, f"risk {there}, as in the list", f"risk {here}", exchange, operation=blamed)


def _of_each_score(s: Scene) -> Listed:
    """Open deals as listed, one per score: those next to a change of level, then the riskiest."""
    return s.api.once("of each score", lambda: _chosen(s))


def _chosen(s: Scene) -> Listed:
    listed: dict[float, tuple[Query, Record]] = {}
    for query in ({}, s.samples.base, *_neglected(s)):
        records = _open(s.api.page({**query, "per_page": s.limits.largest_page}).records)
        known = [record for record in records if _has_risk(record) and not s.may_vanish(record)]
        scored = [(_score(record), record) for record in known]
        listed |= {score: (query, record) for score, record in scored if score is not None}
    scores = sorted(listed, reverse=True)
    levels = {score: record["risk"]["risk_level"] for score, (_, record) in listed.items()}
    steps = [score for pair in pairwise(scores) if len({levels[each] for each in pair}) > 1 for score in pair]
    some = list(dict.fromkeys([*steps, *scores]))[:MOST]
    return {listed[score][1]["id"]: listed[score] for score in some}


def _neglected(s: Scene) -> list[Query]:
    """Make deals at increasing risk, each one day more overdue; returns the query that finds them."""
    made = day_of(next(iter(s.samples.records.values())), "created_at")
    if s.client.settings.read_only or not made:
        return []
    today, word = date.fromisoformat(made), s.word()
    for days in LATE:
        body = {"name": f"Late {word} {days}", "stage_id": s.make.stage_like()["id"]}
        s.call("createDeal", json={**body, "expected_close_date": str(today - timedelta(days))})
    return [{"search": word}]


def _level_and_score(record: Record) -> LevelAndScore:
    """The level and the score of a deal's risk."""
    risk = record.get("risk") or {}
    return risk.get("risk_level"), risk.get("risk_score")


def _both(s: Scene, query: Query, id: Any) -> tuple[LevelAndScore, LevelAndScore]:
    """The risk of a deal as shown on a page of the list, and in its details."""
    page = s.api.page({**query, "per_page": s.limits.largest_page})
    return _level_and_score(next((r for r in page.records if r["id"] == id), {})), _level_and_score(
        s.api.deal(id)
    )


def _outvoted(s: Scene, id: Any, listed: LevelAndScore) -> str:
    """The operation to blame, list or details: the one that disagrees with the board."""
    try:
        groups, _ = s.api.board()
    except NotJudged:
        return "getDeal"
    shown = next((deal for _, deals in groups for deal in deals if deal["id"] == id), {})
    return "getDeal" if _level_and_score(shown) == listed else "listDeals"


@law("getDeal", "listDeals", "getDealPipeline", needs=("writes",), about=RISK)
def every_view_shows_the_current_risk(s: Scene) -> None:
    """“Includes risk scoring”, “including risk score”: every view shows the same, current risk."""
    name = f"Deal {s.word()}"
    id = s.make.deal(name=name)
    views = _views(s, id, name)  # fills any cache
    for change in (
        lambda: s.make.task(id, due_date="2031-01-31"),
        lambda: s.call("createDealNote", id=id, json={"content": "Called."}),
    ):
        change()
        views = s.api.eventually(lambda: _views(s, id, name), _agree)
        risks = {view: risk for view, (risk, _) in views.items()}
        shown = [exchange for _, exchange in views.values()]
        expect(_agree(views), "the same risk in all views", risks, *shown, operation=_odd_one_out(risks))


def _views(s: Scene, id: Any, name: str) -> Views:
    """The risk of a deal in every view that shows one."""
    details, exchange = s.api.details(id)
    listed = s.api.page({"search": name.split()[-1]})
    found = [("getDeal", exchange, [details]), ("listDeals", listed.exchange, listed.records)]
    with suppress(NotJudged):
        groups, exchange = s.api.board(scope="company")
        found.append(("getDealPipeline", exchange, [deal for _, deals in groups for deal in deals]))
    return {
        view: (_level_and_score(record), exchange)
        for view, exchange, records in found
        for record in records
        if record["id"] == id and _has_risk(record)
    }


def _agree(views: Views) -> bool:
    return len({risk for risk, _ in views.values()}) <= 1


def _odd_one_out(risks: dict[str, LevelAndScore]) -> str:
    """The one view that differs from the others; the details if there is no such view."""
    times = Counter(risks.values())
    alone = [view for view, risk in risks.items() if times[risk] == 1]
    return alone[0] if len(alone) == 1 else "getDeal"


def _score(record: Record) -> float | None:
    return as_number(record["risk"]["risk_score"])


@law("listDeals", about=RISK)
def a_higher_risk_score_never_has_a_lower_risk_level(s: Scene) -> None:
    """“risk_level: medium”, “risk_score: 45”: a higher score means the same or a higher level."""
    levels = s.limits.contract.properties_of(s.limits.contract.schema("Risk"))["risk_level"]["enum"]
    known: list[tuple[Any, Record]] = []
    for record in _open([r for r in s.api.all_deals().records if _has_risk(r)]):
        if record["risk"]["risk_level"] in levels and _score(record) is not None:
            known.append((_score(record), record))
    if len({record["risk"]["risk_level"] for _, record in known}) < 2:
        raise NotJudged("the open deals have fewer than two risk levels")
    known.sort(key=lambda each: each[0])
    for (low, below), (high, above) in pairwise(known):
        ranks = [levels.index(record["risk"]["risk_level"]) for record in (below, above)]
        received = (
            f"deal {below['id']}: {low} {levels[ranks[0]]}, deal {above['id']}: {high} {levels[ranks[1]]}"
        )
        expect(
            low == high or ranks[0] <= ranks[1],
            "levels that rise with the score",
            received,
            s.api.all_deals().exchange,
        )
