"""Creating, updating, moving and deleting deals over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_server.conftest import Api, contract, seeded

STAMP = "2026-02-09T12:00:00.000000Z"  # the clock of these tests
LEAD, QUALIFIED, PROPOSAL, NEGOTIATION, WON, LOST = range(1, 7)
FULL = {
    "name": "Größe & “Zitate” 🚀",
    "value": 1234.56,
    "stage_id": NEGOTIATION,
    "contact_id": 1,
    "bill_to_contact_id": 2,
    "company_id": 1,
    "partner_id": 2,
    "reseller_id": 3,
    "reseller_contact_id": 3,
    "probability": 33,
    "expected_close_date": "2024-02-29",
    "assigned_to": 3,
    "notes": "Two\nlines",
    "tags": "a,b",
}
OPTIONAL = [name for name in FULL if name not in ("name", "stage_id")]


def read(api: Api, deal_id: int) -> dict[str, Any]:
    """The deal as lists show it now."""
    deal: dict[str, Any] = api.data(f"/deals/{deal_id}")
    deal.pop("deal_notes")
    return deal


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return dict(answer.json()["errors"])


def quotes_of(api: Api, deal_id: int) -> list[int]:
    return [quote.id for quote in api.world.quotes.of(deal_id)]


# Create


def test_a_new_deal_is_returned_and_read_with_everything_that_was_sent(api: Api) -> None:
    assert set(FULL) == set(contract().document["components"]["schemas"]["DealInput"]["properties"])
    answer = api.post("/deals", FULL)
    assert (answer.status_code, answer.json()["message"]) == (201, "Deal created successfully")
    made = answer.json()["data"]
    assert made == read(api, made["id"]) == {**made, **FULL}
    assert made["id"] == 201


def test_a_new_deal_shows_the_names_behind_its_ids(api: Api) -> None:
    made, world = api.create(**FULL), api.world
    assert made["contact_name"] == "Jane Smith"
    assert made["company_name"] == "Acme Corp"
    assert made["reseller_name"] == world.companies[3].name
    assert made["reseller_contact_name"] == world.contacts[3].name
    assert made["assigned_name"] == "Riley Chen"
    assert made["stage_name"] == "Negotiation"


@pytest.mark.parametrize(("person", "id_"), [("admin", 1), ("manager", 2), ("rep", 3)])
def test_the_smallest_deal_is_the_viewers_with_the_stages_probability(
    api: Api, person: str, id_: int
) -> None:
    made = api.as_(person).create(name="Small", stage_id=QUALIFIED)
    said = {"name": "Small", "stage_id": QUALIFIED, "assigned_to": id_, "probability": 30}
    stamped = {"created_at": STAMP, "updated_at": STAMP}
    assert made == {**made, **said, **stamped}
    unsaid = set(FULL) - set(said) | {"closed_at", "loss_reason", "primary_quote_id"}
    assert {made[name] for name in unsaid} == {None}


@pytest.mark.parametrize(
    ("stage_id", "outcome"),
    [
        (LEAD, {"is_won": False, "is_lost": False, "closed_at": None, "probability": 50}),
        (WON, {"is_won": True, "is_lost": False, "closed_at": STAMP, "probability": 100, "risk": None}),
        (LOST, {"is_won": False, "is_lost": True, "closed_at": STAMP, "probability": 0, "risk": None}),
    ],
)
def test_a_new_deal_is_what_its_stage_makes_of_it(api: Api, stage_id: int, outcome: dict[str, Any]) -> None:
    made = api.create(stage_id=stage_id, probability=50)
    assert made == {**made, **outcome}
    assert (made["risk"] is None) == (stage_id != LEAD)


def test_fields_that_a_client_cannot_set_are_ignored(api: Api) -> None:
    forged = {"id": 7, "is_won": True, "created_at": "2000-01-01", "risk": None, "stage_name": "Won", "x": 1}
    made = api.create(**forged)
    assert made["id"] == 201
    assert (made["is_won"], made["created_at"], made["stage_name"]) == (False, STAMP, "Lead")
    assert "x" not in made


@pytest.mark.parametrize("value", [0, 0.01, 0.1, 1e3, 12345678.9, 999999999999.99])
def test_money_comes_back_as_it_was_sent(api: Api, value: float) -> None:
    assert api.create(value=value)["value"] == value


def test_null_leaves_every_optional_field_without_a_value(api: Api) -> None:
    made = api.create(**dict.fromkeys(OPTIONAL))
    assert {made[name] for name in OPTIONAL} == {None}
    assert list(errors(api.post("/deals", dict.fromkeys(FULL)))) == ["name", "stage_id"]


@pytest.mark.parametrize("empty", [None, ""])
def test_an_update_empties_every_optional_field(api: Api, empty: str | None) -> None:
    old = api.create(**FULL)
    answer = api.put(f"/deals/{old['id']}", {**FULL, **dict.fromkeys(OPTIONAL, empty)})
    assert answer.status_code == 200
    assert {read(api, old["id"])[name] for name in OPTIONAL} <= {None, empty}
    assert not answer.json()["data"]["contact_name"]


@pytest.mark.parametrize(
    "name", ["contact_id", "bill_to_contact_id", "company_id", "partner_id", "reseller_id", "assigned_to"]
)
@pytest.mark.parametrize("id_", [0, -1, 10**30])
def test_an_id_of_a_missing_record_is_refused(api: Api, name: str, id_: int) -> None:
    answer = api.post("/deals", {"name": "x", "stage_id": LEAD, name: id_})
    assert list(errors(answer)) == [name]
    assert errors(answer)[name].endswith(f"{id_} does not exist")


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", ["x", "x" * 255, "🚀" * 255, " "], ["", "x" * 256]),
        ("value", [0, 999999999999.99], [-0.01, 1e12]),
        ("probability", [0, 100], [-1, 101, 50.5]),
        ("tags", ["", "x" * 1000], ["x" * 1001]),
        ("notes", ["", "x" * 65535], ["x" * 65536]),
        ("expected_close_date", ["0001-01-01", "9999-12-31"], ["2023-02-29", "2026-1-1", "20260101"]),
    ],
)
def test_a_field_ends_at_its_limits(api: Api, field: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert api.create(**{field: value})[field] == value
    for value in bad:
        assert list(errors(api.post("/deals", {"name": "x", "stage_id": LEAD, field: value}))) == [field]


# Update


def test_an_update_changes_what_it_names_and_nothing_else(api: Api) -> None:
    old = api.create(**FULL)
    changes = {"name": "New", "stage_id": NEGOTIATION, "value": 5, "tags": "", "contact_id": 2}
    answer = api.put(f"/deals/{old['id']}", changes)
    assert (answer.status_code, answer.json()["message"]) == (200, "Deal updated successfully")
    changed = answer.json()["data"]
    assert changed == read(api, old["id"])
    unnamed = {name for name in FULL if name not in changes}
    assert changed == {**changed, **changes, **{name: old[name] for name in unnamed}}


def test_an_update_touches_the_deals_last_change_and_not_its_beginning(api: Api) -> None:
    old = read(api, 10)
    changed = api.put("/deals/10", {"name": "x", "stage_id": PROPOSAL}).json()["data"]
    assert (changed["created_at"], changed["updated_at"]) == (old["created_at"], STAMP)


def test_an_update_with_another_stage_is_a_move(api: Api) -> None:
    first, second = api.create()["id"], api.create()["id"]
    updated = api.put(f"/deals/{first}", {"name": "A deal", "stage_id": WON}).json()["data"]
    assert updated == {**api.move(second, to=WON), "id": first}


# Move


@pytest.mark.parametrize("origin", [LEAD, WON, LOST])
@pytest.mark.parametrize(
    ("to", "after"),
    [
        (PROPOSAL, {"is_won": False, "is_lost": False, "closed_at": None, "probability": 50}),
        (WON, {"is_won": True, "is_lost": False, "closed_at": STAMP, "probability": 100}),
        (LOST, {"is_won": False, "is_lost": True, "closed_at": STAMP, "probability": 0}),
    ],
)
def test_a_move_opens_or_closes_the_deal(api: Api, origin: int, to: int, after: dict[str, Any]) -> None:
    deal = api.create(stage_id=origin)
    moved = api.move(deal["id"], to=to)
    assert moved == read(api, deal["id"]) == {**moved, **after, "stage_id": to}
    assert moved["stage_name"] == api.world.stages[to].name
    assert (moved["risk"] is None) == (to in (WON, LOST))


def test_a_deal_that_is_opened_again_has_lost_its_loss_reason(api: Api) -> None:
    (lost, *_) = [deal for deal in api.world.deals if deal.loss_reason]
    assert read(api, lost.id)["loss_reason"] == lost.loss_reason
    assert api.move(lost.id, to=PROPOSAL)["loss_reason"] is None


def test_a_move_to_where_it_is_changes_nothing(api: Api) -> None:
    before, deal = api.world, read(api, 10)
    assert api.move(10, to=PROPOSAL) == deal
    assert api.world is before


def test_a_move_changes_no_other_deal(api: Api) -> None:
    before = {deal["id"]: deal for deal in api.data("/deals", per_page=100)}
    api.move(10, to=WON)
    after = {deal["id"]: deal for deal in api.data("/deals", per_page=100)}
    assert {id_ for id_ in before if before[id_] != after[id_]} <= {10}


# Primary quote


def test_a_quote_of_the_deal_becomes_its_primary_one(api: Api) -> None:
    for quote_id in quotes_of(api, 10):
        answer = api.put("/deals/10/primary-quote", {"quote_id": quote_id})
        assert answer.status_code == 200
        assert answer.json()["data"]["primary_quote_id"] == read(api, 10)["primary_quote_id"] == quote_id


def test_a_quote_of_another_deal_is_refused(api: Api) -> None:
    other = next(quote for quote in api.world.quotes if quote.deal_id != 10)
    answer = api.put("/deals/10/primary-quote", {"quote_id": other.id})
    assert errors(answer) == {"quote_id": f"Quote {other.id} does not belong to deal 10"}


# Delete


def test_a_deleted_deal_is_gone_everywhere(api: Api) -> None:
    answer = api.delete("/deals/10")
    assert answer.json() == {"success": True, "message": "Deal deleted successfully"}
    for path in ("", "/tasks", "/timeline", "/linked-emails"):
        assert api.get(f"/deals/10{path}").status_code == 404
    for path in ("", "/stage", "/primary-quote"):
        body = {"name": "x", "stage_id": 1, "quote_id": 1}
        assert api.put(f"/deals/10{path}", body).status_code == 404
    assert api.delete("/deals/10").status_code == 404
    assert 10 not in api.ids(search="acme enterprise")


def test_deleting_a_deal_leaves_every_other_one_as_it_was(api: Api) -> None:
    others = [id_ for id_ in seeded().deals.rows if id_ != 10][::20]

    def views() -> list[Any]:
        return [api.data(f"/deals/{id_}{path}") for id_ in others for path in ("", "/tasks", "/timeline")]

    before = views()
    api.delete("/deals/10")
    assert views() == before


@pytest.mark.parametrize("table", ["users", "companies", "contacts", "stages", "quotes", "emails"])
def test_deleting_a_deal_leaves_its_people_quotes_and_emails(api: Api, table: str) -> None:
    before = api.world.table(table)
    api.delete("/deals/10")
    assert api.world.table(table) == before


def test_an_id_is_never_given_twice(api: Api) -> None:
    last = api.create()["id"]
    api.delete(f"/deals/{last}")
    assert api.create()["id"] == last + 1
