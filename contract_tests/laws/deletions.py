"""Deleted deals disappear from every view, with everything that belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.csv_files import csv_rows
from contract_tests.scene.expectations import NotJudged, expect, granted, response_of
from contract_tests.scene.json_search import mentions
from contract_tests.scene.scene import Scene

OF_A_DEAL: Final = ("listDealTasks", "getDealTimeline", "listDealLinkedEmails")


@law("deleteDeal", "getDeal", needs=("writes",))
def a_deleted_deal_is_not_found(s: Scene) -> None:
    """DELETE removes the deal; “404 not found”."""
    id = s.make.deal()
    s.api.deal(id)  # fills any cache
    deletion = granted(s.call("deleteDeal", id=id))
    for operation in ("getDeal", "deleteDeal"):
        exchange = s.call(operation, id=id)
        expect(
            exchange.status == 404, "404", response_of(exchange), deletion, exchange, operation="deleteDeal"
        )


def _listed(s: Scene, name: str) -> tuple[bool, Exchange]:
    found = s.api.page({"search": name.split()[-1]})
    return bool(found.records or found.total), found.exchange


def _on_board(s: Scene, name: str) -> tuple[bool, Exchange]:
    exchange = granted(s.call("getDealPipeline"))
    return mentions(exchange.json, name), exchange


def _exported(s: Scene, name: str) -> tuple[bool, Exchange]:
    exchange = granted(s.call("exportDeals"))
    rows = csv_rows(exchange)
    if rows is None:
        raise NotJudged("the export is not recognised as CSV")
    return any(name in row for row in rows), exchange


LOOKS: Final[dict[str, tuple[str, Callable[[Scene, str], tuple[bool, Exchange]]]]] = {
    "list": ("listDeals", _listed),
    "board": ("getDealPipeline", _on_board),
    "export": ("exportDeals", _exported),
}


@law("deleteDeal", *(operation for operation, _ in LOOKS.values()), needs=("writes",), cases=LOOKS)
def a_deleted_deal_disappears_from_every_view(s: Scene, view: str) -> None:
    """DELETE removes the deal: no view shows it any more."""
    operation, look = LOOKS[view]
    name = f"Gone {s.word()}"
    id = s.make.deal(name=name, value=55)
    look(s, name)  # fills any cache
    deletion = granted(s.call("deleteDeal", id=id))
    there, exchange = s.api.eventually(lambda: look(s, name), lambda found: not found[0])
    stays = there and s.call("getDeal", id=id).ok
    blamed = "deleteDeal" if stays else operation
    expect(
        not there,
        f"deal {id} not in the {view}",
        f"deal {id} still there",
        deletion,
        exchange,
        operation=blamed,
    )


@law("deleteDeal", "createDeal", *OF_A_DEAL, needs=("writes",))
def deleting_a_deal_removes_its_tasks_notes_and_emails(s: Scene) -> None:
    """“404 not found”: a deleted deal has no tasks or emails, and a new deal inherits none."""
    id, word = s.make.deal(), s.word()
    s.make.task(id, title=f"Task {word}")
    s.call("createDealNote", id=id, json={"content": f"Note {word}"})
    deletion = granted(s.call("deleteDeal", id=id))
    for operation in OF_A_DEAL:
        exchange = s.call(operation, id=id)
        expect(exchange.status == 404, "404", response_of(exchange), deletion, exchange, operation=operation)
    new = s.make.deal()
    for operation in ("listDealTasks", "getDeal"):
        exchange = granted(s.call(operation, id=new))
        left = [text for text in (f"Task {word}", f"Note {word}") if mentions(exchange.json, text)]
        expect(not left, f"nothing of the deleted deal {id} on the new deal {new}", left, deletion, exchange)
