"""Every view shows the current state of a deal, even if it was read before a change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, lost_fields
from contract_tests.scene.scene import Scene

Shown = tuple[Record, Exchange]


def _detailed(s: Scene, deal: Record) -> Shown:
    return s.api.details(deal["id"])


def _listed(s: Scene, deal: Record) -> Shown:
    found = s.api.listing({"search": deal["name"].split()[-1]})
    return next((record for record in found.records if record["id"] == deal["id"]), {}), found.exchange


def _on_board(s: Scene, deal: Record) -> Shown:
    groups, exchange = s.api.board(scope="company")
    return next((each for _, deals in groups for each in deals if each["id"] == deal["id"]), {}), exchange


VIEWS: Final[dict[str, Callable[[Scene, Record], Shown]]] = {
    "getDeal": _detailed,
    "listDeals": _listed,
    "getDealPipeline": _on_board,
}


def _update(s: Scene, deal: Record) -> Shown:
    body = {**deal, "value": 2}
    return body, granted(s.call("updateDeal", id=body.pop("id"), json=body))


def _move(s: Scene, deal: Record) -> Shown:
    stage = s.make.stage_like(place=1)
    exchange = granted(s.call("moveDealToStage", id=deal["id"], json={"stage_id": stage["id"]}))
    return {"stage_id": stage["id"], "stage_name": stage["name"]}, exchange


def _rename(s: Scene, deal: Record) -> Shown:
    name = f"Renamed {s.word()}"
    return {"stage_name": name}, granted(
        s.call("updatePipelineStage", id=deal["stage_id"], json={"name": name})
    )


# Each write returns what the deal must show after it, and its exchange.
WRITES: Final[dict[str, Callable[[Scene, Record], Shown]]] = {
    "updateDeal": _update,
    "moveDealToStage": _move,
    "updatePipelineStage": _rename,
}


@law("getDeal", *WRITES, needs=("writes",), cases=WRITES)
def deal_details_reflect_the_latest_write(s: Scene, write: str) -> None:
    """“Retrieve a single deal with full details”: a second read includes the changes since the first."""
    _is_fresh(s, write, "getDeal", second="listDeals")


@law("listDeals", *WRITES, needs=("writes",), cases=WRITES)
def the_list_reflects_the_latest_write(s: Scene, write: str) -> None:
    """“Retrieve a paginated list of deals”: a second read includes the changes since the first."""
    _is_fresh(s, write, "listDeals", second="getDeal")


@law("getDealPipeline", *WRITES, needs=("writes",), cases=WRITES)
def the_board_reflects_the_latest_write(s: Scene, write: str) -> None:
    """“Retrieve deals grouped by pipeline stage”: a second read includes the changes since the first."""
    _is_fresh(s, write, "getDealPipeline", second="getDeal")


def _is_fresh(s: Scene, write: str, view: str, *, second: str) -> None:
    """Expect the view to show the write, provided that a second view, not read before, shows it."""
    look = VIEWS[view]
    deal = _new_deal(s, s.make.stage() if write == "updatePipelineStage" else s.make.stage_like()["id"])
    look(s, deal)  # fills any cache
    wanted, saving = WRITES[write](s, deal)
    shown, exchange = s.api.eventually(lambda: look(s, deal), lambda found: not lost_fields(wanted, found[0]))
    if not shown:
        raise NotJudged("a new deal is missing from the view")  # for other laws to judge
    wrong = lost_fields(wanted, shown)
    if wrong and not lost_fields(wanted, VIEWS[second](s, deal)[0]):
        expect(False, f"the deal as changed by {write}", "; ".join(wrong), saving, exchange, operation=view)


def _new_deal(s: Scene, stage: Any) -> Record:
    deal = {"name": f"Fresh {s.word()}", "stage_id": stage, "value": 1}
    return {"id": s.make.deal(**deal), **deal}


@law(*VIEWS, "moveDealToStage", "updateDeal", needs=("writes",), cases=("moveDealToStage", "updateDeal"))
def a_reopened_deal_has_a_risk_again(s: Scene, write: str) -> None:
    """“Includes risk scoring for open deals”, “full details including risk score”: also once reopened."""
    open_ = s.make.stage_like()["id"]
    deal = _new_deal(s, open_)
    # A view that never shows the risk is for other laws to judge.
    scored = [view for view, look in VIEWS.items() if look(s, deal)[0].get("risk")]
    for stage in (s.make.stage_like(won=True)["id"], open_, s.make.stage_like(lost=True)["id"], open_):
        body = {"stage_id": stage} | ({"name": deal["name"]} if write == "updateDeal" else {})
        opening = s.call(write, id=deal["id"], json=body)
        if not opening.ok:
            raise NotJudged(f"the deal could not be closed and reopened: {write} returned {opening.status}")
    for view in scored:
        shown, exchange = s.api.eventually(
            partial(VIEWS[view], s, deal), lambda found: bool(found[0].get("risk"))
        )
        if shown.get("is_won") is False and shown.get("is_lost") is False:
            risk = shown.get("risk")
            expect(risk, "a risk, as before it was closed", f"risk {risk}", opening, exchange, operation=view)
