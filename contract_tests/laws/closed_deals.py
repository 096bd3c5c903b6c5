"""Won and lost deals: they can be changed, and they follow every change of stage."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.expectations import UNREADABLE_INPUT, NotJudged, expect, granted
from contract_tests.scene.json_search import Record, lost_fields
from contract_tests.scene.listing import Listing
from contract_tests.scene.scene import Scene

# Every way from one outcome to another.
PATH: Final = ("open", "won", "lost", "won", "open", "lost", "open")
FLAGS: Final = {"won": (True, False), "lost": (False, True), "open": (False, False)}
WRITES: Final = ("moveDealToStage", "updateDeal")
ALWAYS: Final = {"date_field": "closed_at", "date_from": "2000-01-01", "date_to": "9999-12-31"}


def _stage(s: Scene, outcome: str) -> Any:
    return s.make.stage_like(won=outcome == "won", lost=outcome == "lost")["id"]


def _into(s: Scene, write: str, id: Any, name: str, outcome: str) -> Exchange:
    body = {"stage_id": _stage(s, outcome)} | ({"name": name} if write == "updateDeal" else {})
    return s.call(write, id=id, json=body)


def _in_list(found: Listing, id: Any) -> Record:
    return next((record for record in found.records if record["id"] == id), {})


@law("getDeal", "listDeals", *WRITES, needs=("writes",), cases=WRITES)
def a_deal_follows_every_change_of_outcome(s: Scene, write: str) -> None:
    """“is_won”, “is_lost”, “won: Filter won/lost deals”: as the stage that the deal is in now."""
    word = s.word()
    name = f"Changing {word}"
    id = s.make.deal(name=name, stage_id=_stage(s, "open"))
    for before, outcome in pairwise(PATH):
        exchange = _into(s, write, id, name, outcome)
        if exchange.status in UNREADABLE_INPUT:
            raise NotJudged(f"a deal cannot become {outcome}: {write} returned {exchange.status}")
        granted(exchange)
        flags = dict(zip(("is_won", "is_lost"), FLAGS[outcome], strict=True))
        deal = s.api.deal(id)
        if deal["stage_id"] != _stage(s, outcome):
            raise NotJudged("the deal is not in the stage that was sent")  # for other laws to judge
        wrong = lost_fields(flags, deal)
        expect(not wrong, f"a deal that is {outcome}", "; ".join(wrong), exchange, operation=write)
        if "won" not in (before, outcome):
            continue
        found = s.api.search(word, partial(_lists, id, outcome == "won"), won="1")
        there = bool(_in_list(found, id))
        words = "with won=1" if outcome == "won" else f"not with won=1, because it is {outcome}"
        expect(
            there is (outcome == "won"), f"deal {id} listed {words}", found.ids, exchange, found.exchange,
            operation="listDeals",
        )  # fmt: skip


def _lists(id: Any, wanted: bool, found: Listing) -> bool:
    return bool(_in_list(found, id)) is wanted


@law("updateDeal", needs=("writes",), cases=("won", "lost"))
def an_update_of_a_closed_deal_is_saved_or_refused(s: Scene, outcome: str) -> None:
    """Request Body of the update: name, value, notes, tags …: saved, and the deal stays won or lost."""
    stage = _stage(s, outcome)
    id = s.make.deal(name=f"Closing {s.word()}", stage_id=_stage(s, "open"), value=10, notes="open")
    if not s.call("moveDealToStage", id=id, json={"stage_id": stage}).ok:
        raise NotJudged(f"no deal could be {outcome}")
    before = s.api.deal(id)
    body = {"name": f"Closed {s.word()}", "stage_id": stage, "value": 20.5, "notes": "closed", "tags": "late"}
    exchange = s.call("updateDeal", id=id, json=body)
    after = s.api.deal(id)
    if exchange.status in (*UNREADABLE_INPUT, 403):
        wrong = s.api.changed(before, after)
        expect(not wrong, "the refused deal unchanged", "; ".join(wrong), exchange)
        return
    granted(exchange)
    flags = {name: before[name] for name in ("is_won", "is_lost", "created_at") if name in before}
    wrong = lost_fields(body | flags, after)
    expect(not wrong, f"every field as sent, and still {outcome}", "; ".join(wrong), exchange)


def _moved_to_won(s: Scene) -> tuple[str, Any]:
    """The word in the name of a deal that was moved to a won stage, and its id."""
    word = s.word()
    id = s.make.deal(name=f"Moved {word}", stage_id=_stage(s, "open"))
    granted(s.call("moveDealToStage", id=id, json={"stage_id": _stage(s, "won")}))
    return word, id


@law("listDeals", "createDeal", *WRITES, needs=("writes",), cases=("createDeal", "updateDeal", "reopened"))
def a_deal_closed_in_any_way_has_a_closing_date(s: Scene, way: str) -> None:
    """“date_field … closed_at”: a won deal is found by the day on which it was closed, however it was."""
    word, control = s.api.once("a deal moved to a won stage", lambda: _moved_to_won(s))
    name, open_, won = f"Closed {word}", _stage(s, "open"), _stage(s, "won")
    id = s.make.deal(name=name, stage_id=won if way == "createDeal" else open_)
    closing = None
    for outcome in {"updateDeal": ("won",), "reopened": ("won", "open", "lost")}.get(way, ()):
        closing = granted(
            _into(s, "updateDeal" if way == "updateDeal" else "moveDealToStage", id, name, outcome)
        )
    found = s.api.search(word, lambda listing: {id, control} <= set(listing.ids), **ALWAYS)
    if id not in found.ids and s.api.deal(id)["stage_id"] not in (won, _stage(s, "lost")):
        raise NotJudged("the deal is not in a closed stage")  # for other laws to judge
    if control not in found.ids:
        raise NotJudged("a deal that was moved to a won stage is not found by closed_at")
    exchanges = (closing, found.exchange) if closing else (found.exchange,)
    blamed = {"reopened": "moveDealToStage"}.get(way, way)
    expect(id in found.ids, f"the deals {id} and {control}", found.ids, *exchanges, operation=blamed)
