"""Values are stored as sent: odd texts, zeros, single fields; and only the deal in the path changes."""

from __future__ import annotations

import re
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import law
from contract_tests.scene.deal_writes import full_body, id_of, is_saved
from contract_tests.scene.expectations import NotJudged, expect, granted
from contract_tests.scene.json_search import Record, lost_fields, lost_names
from contract_tests.scene.scene import Scene

TEXTS: Final = {
    "long": "a deal with a name of some length, as they come from other systems, " * 3,
    "accents": "Žluťoučký kůň & Søren Ångström – Café Zoë",
    "emoji": "Rocket 🚀 and family 👨‍👩‍👧",
    "markup": "<b>bold</b> & “quoted” 'text' \\ slash",
}
MARKUP: Final = re.compile(r"</?[a-z]+>")
VALUES: Final = {"millions with cents": 45678901.23, "billions": 123456789012.5, "negative": -250.5}


def _accepted(exchange: Exchange) -> bool:
    """Whether the request was accepted; the documentation does not forbid refusing an odd value."""
    if not exchange.ok and exchange.status in (400, 422):
        return False
    return granted(exchange).ok


@law("createDeal", "updateDeal", needs=("writes",), cases=TEXTS)
def a_deal_name_is_refused_or_stored_unchanged(s: Scene, case: str) -> None:
    """“name: Deal name/title”: an accepted name is stored whole, perhaps without its markup."""
    stage = s.make.stage_like()["id"]
    new, other = ({"name": f"{TEXTS[case].strip()} {s.word()}", "stage_id": stage} for _ in range(2))
    _refused_or_kept(s, _as_stored(s, new), _as_stored(s, other))


def _as_stored(s: Scene, body: Record) -> Record:
    """The body, without markup in its name if the server removes it: a defence, and not forbidden."""
    plain = {**body, "name": MARKUP.sub("", body["name"])}
    if plain == body:
        return body
    made = s.call("createDeal", json={**body, "name": f"{body['name']}s"})
    id = id_of(s, {**body, "name": f"{body['name']}s"}, made) if made.ok else None
    return plain if id is not None and s.api.deal(id).get("name") == f"{plain['name']}s" else body


@law("updateDeal", needs=("writes",))
def a_rename_that_changes_only_the_case_is_saved(s: Scene) -> None:
    """“name: Deal name/title”: the name is stored with the case as sent."""
    stage, word = s.make.stage_like()["id"], s.word()
    id = s.make.deal(name=f"in small letters {word}", stage_id=stage)
    body = {"name": f"In Small LETTERS {word}", "stage_id": stage}
    changed = s.call("updateDeal", id=id, json=body)
    if _accepted(changed):
        is_saved(s, id, body, changed)


@law("createDeal", "updateDeal", needs=("writes",), cases=VALUES)
def a_deal_value_is_refused_or_stored_unchanged(s: Scene, case: str) -> None:
    """“value: number, Monetary value”: an accepted value is stored unchanged."""
    rest = {"stage_id": s.make.stage_like()["id"], "value": VALUES[case]}
    new, other = ({"name": f"Worth {s.word()}", **rest} for _ in range(2))
    _refused_or_kept(s, new, other)


def _refused_or_kept(s: Scene, new: Record, other: Record) -> None:
    """A deal created with one body, and a deal updated with another, are as sent unless refused."""
    made = s.call("createDeal", json=new)
    if _accepted(made):
        is_saved(s, id_of(s, new, made), new, made)
    id = s.make.deal()
    changed = s.call("updateDeal", id=id, json=other)
    if _accepted(changed):
        is_saved(s, id, other, changed)


@law("createDeal", "updateDeal", needs=("writes",))
def zero_is_stored_as_zero(s: Scene) -> None:
    """“value: number”, “probability: Win probability percentage (0-100)”: 0 is a value like any other."""
    stage = s.make.stage_like()["id"]
    id = s.make.deal(value=70, probability=70, stage_id=stage)
    body = {"name": f"Zero {s.word()}", "stage_id": stage, "value": 0, "probability": 0}
    is_saved(s, id, body, granted(s.call("updateDeal", id=id, json=body)))


@law("createDeal", needs=("writes",))
def each_deal_field_is_saved_without_the_others(s: Scene) -> None:
    """“value Optional”, “contact_id Optional”, “tags Optional” …: each field is saved on its own."""
    word, whole = s.word(), full_body(s)
    sent: dict[str, tuple[Record, Exchange]] = {}
    for field in sorted(whole.keys() - {"name", "stage_id"}):
        body = {"name": f"Only {field} {word}", "stage_id": whole["stage_id"], field: whole[field]}
        exchange = s.call("createDeal", json=body)
        if exchange.ok:  # a field that requires another may be refused, but not lost
            sent[body["name"]] = (body, exchange)
    found = s.api.search(word, lambda listing: listing.total >= len(sent))
    # Fields not saved with the others either are for another law to judge.
    never = lost_names(whole, s.api.deal(s.make.deal(**whole)))
    for record in found.records:
        body, exchange = sent[record["name"]]
        kept = {name: value for name, value in body.items() if name not in never}
        if lost_fields(kept, record) and (lost := lost_fields(kept, s.api.deal(record["id"]))):
            expect(False, "every field as sent", "; ".join(lost), exchange)


@law(each=("updateDeal", "moveDealToStage", "deleteDeal"), needs=("writes",))
def a_write_changes_only_the_deal_in_the_path(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”: only the deal in the path changes, even if others share its values."""
    body = full_body(s)
    stranger = s.make.deal(value=1, notes="before")
    before, id, after = (s.make.deal(**body) for _ in range(3))
    task = s.make.task(after) if operation == "deleteDeal" else None
    others: dict[Any, Any] = {other: s.api.deal(other) for other in (stranger, before, after)}
    bodies: dict[str, list[Any]] = {
        "updateDeal": [{**body, "value": 4444, "notes": "only here"}, full_body(s, place=1)],
        "moveDealToStage": [{"stage_id": s.make.stage_like(place=1)["id"]}],
        "deleteDeal": [None],
    }
    for sent in bodies[operation]:
        exchange = granted(s.call(operation, id=id, **({"json": sent} if sent else {})))
        _expect_unchanged(s, others, exchange)
    found = s.api.search(body["name"].split()[-1], lambda listing: {before, after} <= set(listing.ids))
    expect(
        {before, after} <= set(found.ids), f"the deals {before} and {after} still listed", found.ids, exchange
    )
    if task is not None:
        left = [each.get("id") for each in s.api.tasks(after)[0]]
        expect(left == [task], f"the task {task} still on deal {after}", left, exchange)


def _expect_unchanged(s: Scene, before: dict[Any, Record], write: Exchange) -> None:
    """Expect these deals to be unchanged."""
    for id, record in before.items():
        exchange = s.call("getDeal", id=id)
        there = exchange.ok and isinstance(exchange.data, dict)
        expect(there, f"deal {id} still there", f"status {exchange.status}", write)
        wrong = s.api.changed(record, exchange.data, ignoring=("risk",))
        expect(not wrong, f"deal {id} unchanged", "; ".join(wrong), write)


@law("updateDeal", needs=("writes",))
def an_update_advances_updated_at(s: Scene) -> None:
    """“updated_at” beside “created_at”: the time of the last change."""
    id = s.make.deal(value=1)
    before = s.api.deal(id)
    # A deal created in between shows that the server's clock has advanced.
    between = s.api.eventually(
        lambda: s.api.deal(s.make.deal())["created_at"], lambda moment: bool(moment > before["updated_at"])
    )
    if between <= before["updated_at"]:
        raise NotJudged("the server's clock does not advance")
    body = {"name": before["name"], "stage_id": before["stage_id"], "value": 2}
    exchange = granted(s.call("updateDeal", id=id, json=body))
    after = s.api.deal(id)["updated_at"]
    expect(after >= between, f"updated_at {between} or later", after, exchange)
