"""The risk of open deals."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from contract_tests.facts import CONTRACT, LARGEST_PAGE
from contract_tests.law import NotJudged, expect, law
from contract_tests.scene.digging import Record, as_number
from contract_tests.scene.scene import Scene

LEVELS: Final = tuple(CONTRACT.full["components"]["schemas"]["Risk"]["properties"]["risk_level"]["enum"])
PARTS: Final = ("risk_level", "risk_score", "risk_factors")


def _open(records: list[Record]) -> list[Record]:
    return [record for record in records if record["is_won"] is False and record["is_lost"] is False]


def _has_risk(record: Record) -> bool:
    risk = record.get("risk")
    return isinstance(risk, dict) and all(risk.get(part) is not None for part in PARTS)


@law("listDeals")
def every_open_deal_of_the_list_has_its_risk(s: Scene) -> None:
    """“Retrieve a paginated list of deals. Includes risk scoring for open deals.”"""
    for reading in (s.all_deals(), s.read(s.herd.base)):
        wrong = [(r["id"], r.get("risk")) for r in _open(reading.records) if not _has_risk(r)]
        expect(not wrong, f"a risk with {', '.join(PARTS)}", f"(id, risk) {wrong[:3]}", reading.exchange)


@law("getDeal")
def the_details_of_an_open_deal_tell_its_risk(s: Scene) -> None:
    """“Retrieve a single deal with full details including risk score.”"""
    for record in _open(list(s.herd.records.values()))[:5]:
        details, exchange = s.details(record["id"])
        expect(_has_risk(details), f"a risk with {', '.join(PARTS)}", f"risk {details.get('risk')}", exchange)


@law("getDealPipeline")
def every_open_deal_of_the_board_has_its_risk(s: Scene) -> None:
    """“Retrieve deals grouped by pipeline stage for Kanban view. Includes risk scoring.”"""
    groups, exchange = s.board()
    wrong = [(r["id"], r.get("risk")) for _, deals in groups for r in _open(deals) if not _has_risk(r)]
    expect(not wrong, f"a risk with {', '.join(PARTS)}", f"(id, risk) {wrong[:3]}", exchange)


@law("getDeal", "listDeals")
def list_and_details_tell_the_same_risk(s: Scene) -> None:
    """“Includes risk scoring for open deals”, “full details including risk score”: of one deal, one risk."""
    listed = [*s.read(s.herd.base).records[:6], *_risky(s.page({"per_page": LARGEST_PAGE}).records)[:6]]
    for record in _open(listed):
        details, exchange = s.details(record["id"])
        for part in ("risk_level", "risk_score"):
            there, here = ((each.get("risk") or {}).get(part) for each in (record, details))
            told = f"{part} {here}"
            blamed = _outvoted(s, record["id"], part, there) if there != here else None
            expect(there == here, f"{part} {there} as in the list", told, exchange, operation=blamed)


def _outvoted(s: Scene, id: Any, part: str, listed: Any) -> str:
    """Which is to blame, list or details: the one with which the board does not agree."""
    try:
        groups, _ = s.board()
    except NotJudged:
        return "getDeal"
    shown = next((deal for _, deals in groups for deal in deals if deal["id"] == id), {})
    return "getDeal" if (shown.get("risk") or {}).get(part) == listed else "listDeals"


def _risky(records: list[Record]) -> list[Record]:
    """The open deals, the riskiest first."""
    return sorted(_open([r for r in records if _has_risk(r)]), key=lambda r: -(_score(r) or 0))


def _score(record: Record) -> float | None:
    return as_number(record["risk"]["risk_score"])


@law("listDeals")
def a_higher_risk_score_is_no_lower_risk_level(s: Scene) -> None:
    """“risk_level: medium”, “risk_score: 45”: level and score tell the same risk."""
    known: list[tuple[Any, Record]] = []
    for record in _open([r for r in s.all_deals().records if _has_risk(r)]):
        if record["risk"]["risk_level"] in LEVELS and _score(record) is not None:
            known.append((_score(record), record))
    if len({record["risk"]["risk_level"] for _, record in known}) < 2:
        raise NotJudged("the open deals have fewer than two risk levels")
    known.sort(key=lambda each: each[0])
    for (low, below), (high, above) in pairwise(known):
        ranks = [LEVELS.index(record["risk"]["risk_level"]) for record in (below, above)]
        told = f"deal {below['id']}: {low} {LEVELS[ranks[0]]}, deal {above['id']}: {high} {LEVELS[ranks[1]]}"
        expect(
            low == high or ranks[0] <= ranks[1],
            "levels that rise with the score",
            told,
            s.all_deals().exchange,
        )
