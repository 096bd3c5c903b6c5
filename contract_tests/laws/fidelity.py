"""What is sent is what is kept: odd texts, zeros, who has much in common, and the time of the change."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.law import NotJudged, expect, granted, law
from contract_tests.laws.changes import unharmed
from contract_tests.laws.deals import full_body, is_saved
from contract_tests.scene.digging import lost_fields
from contract_tests.scene.scene import Scene
from contract_tests.target.exchange import Exchange
from contract_tests.target.ledger import made_id

TEXTS: Final = {
    "long": "a deal with a name of some length, as they come from other systems, " * 3,
    "accents": "Žluťoučký kůň & Søren Ångström – Café Zoë",
    "emoji": "Rocket 🚀 and family 👨‍👩‍👧",
    "markup": "<b>bold</b> & “quoted” 'text' \\ slash",
}


def _accepted(exchange: Exchange) -> bool:
    """Whether a text was taken; to refuse an odd one is no breach of the documentation."""
    if not exchange.ok and exchange.status in (400, 422):
        return False
    return granted(exchange).ok


@law("createDeal", "updateDeal", needs=("writes",), cases=TEXTS)
def a_name_is_refused_or_kept_as_it_is(s: Scene, case: str) -> None:
    """“name: Deal name/title”: a name that is taken is the deal's name, whole and unchanged."""
    word = s.word()
    body = {"name": f"{TEXTS[case].strip()} {word}", "stage_id": s.stage_like()["id"]}
    made = s.call("createDeal", json=body)
    if _accepted(made):
        found = s.eventually(lambda: s.read({"search": word}), lambda reading: bool(reading.records))
        id = made_id(made.json, "deal") or (found.ids[0] if found.ids else None)
        expect(id is not None, "the deal in the list", "nothing", made, found.exchange)
        is_saved(s, id, body, made)
    id = s.new_deal()
    changed = s.call("updateDeal", id=id, json=body | {"name": f"{body['name']}2"})
    if _accepted(changed):
        is_saved(s, id, body | {"name": f"{body['name']}2"}, changed)


@law("createDeal", "updateDeal", needs=("writes",))
def nothing_is_a_number_too(s: Scene) -> None:
    """“value: number”, “probability: Win probability percentage (0-100)”: 0 may be set like any other."""
    stage = s.stage_like()["id"]
    id = s.new_deal(value=70, probability=70, stage_id=stage)
    body = {"name": f"Nothing {s.word()}", "stage_id": stage, "value": 0, "probability": 0}
    is_saved(s, id, body, granted(s.call("updateDeal", id=id, json=body)))


@law(each=("updateDeal", "moveDealToStage", "deleteDeal"), needs=("writes",))
def deals_with_much_in_common_do_not_change_together(s: Scene, operation: str) -> None:
    """“id Required: Resource ID”: the deal of this id changes, whoever shares its stage or company."""
    body = full_body(s)
    ids = [s.new_deal(**body) for _ in range(3)]
    others: dict[Any, Any] = {id: s.deal(id) for id in (ids[0], ids[2])}
    sent: dict[str, Any] = {
        "updateDeal": {"json": {**body, "name": f"Alone {s.word()}", "value": 4444, "notes": "only here"}},
        "moveDealToStage": {"json": {"stage_id": s.stage_like(place=1)["id"]}},
        "deleteDeal": {},
    }[operation]
    unharmed(s, others, granted(s.call(operation, id=ids[1], **sent)), operation=operation)


@law("listDeals", "updateDeal", needs=("writes",))
def the_list_shows_a_deal_as_it_is_now(s: Scene) -> None:
    """“Retrieve a paginated list of deals”: what has changed since the list was read is in the next one."""
    word, stage = s.word(), s.stage_like()["id"]
    id = s.new_deal(name=f"Fresh {word}", stage_id=stage, value=1)
    s.read({"search": word})  # as a cache would see it
    body = {"name": f"Fresh {word}", "stage_id": stage, "value": 2}
    saving = granted(s.call("updateDeal", id=id, json=body))
    found = s.eventually(lambda: s.read({"search": word}), lambda r: not lost_fields(body, r.records[0]))
    wrong = lost_fields(body, found.records[0])
    expect(not wrong, "value 2", "; ".join(wrong), saving, found.exchange, operation="listDeals")


@law("updateDeal", needs=("writes",))
def a_change_has_its_time(s: Scene) -> None:
    """“updated_at” beside “created_at”: when the deal was last changed."""
    id = s.new_deal(value=1)
    before = s.deal(id)
    # A deal made in between shows that the target's clock has moved on.
    between = s.eventually(
        lambda: s.deal(s.new_deal())["created_at"], lambda moment: bool(moment > before["updated_at"])
    )
    if between <= before["updated_at"]:
        raise NotJudged("the target's clock stands still")
    body = {"name": before["name"], "stage_id": before["stage_id"], "value": 2}
    exchange = granted(s.call("updateDeal", id=id, json=body))
    after = s.deal(id)["updated_at"]
    expect(after >= between, f"{between} or later", after, exchange)
