"""The world in which the sessions start."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from mock_server.domain.world import Email, Quote, World
from mock_server.worldfile import load_world
from tests.mock_server.conftest import NOW, contract
from tests.mock_server.mutations.scripted_client import ScriptedClient, world_after

ALPHA = {
    "name": "Alpha & Sons",
    "stage_id": 1,
    "value": 1000.5,
    "company_id": 1,
    "contact_id": 1,
    "bill_to_contact_id": 2,
    "partner_id": 3,
    "reseller_id": 2,
    "reseller_contact_id": 2,
    "expected_close_date": "2026-03-15",
    "assigned_to": 3,
    "notes": "First",
    "tags": "a,b",
}
DEALS = (
    ALPHA,
    {"name": "beta_gadgets", "stage_id": 2, "value": 9, "company_id": 3, "contact_id": 3},
    {"name": "betaXgadgets", "stage_id": 2, "value": 250.75, "expected_close_date": "2026-01-01"},
    {"name": "Gamma", "stage_id": 3, "company_id": 4, "expected_close_date": "2026-02-09", "assigned_to": 5},
    {"name": "Delta", "stage_id": 5, "value": 700, "company_id": 1, "expected_close_date": "2028-01-10"},
    {"name": "Epsilon", "stage_id": 6, "value": 80, "assigned_to": 3, "expected_close_date": "2026-03-16"},
    {"name": "Zeta", "stage_id": 1, "value": 42, "company_id": 1},
    {"name": "Zeta", "stage_id": 1, "value": 42},
    {"name": "apple", "stage_id": 4, "value": 30000, "tags": "zeta", "probability": 100},
    *({"name": f"Bulk {n:02}", "stage_id": 1, "value": n, "company_id": 2} for n in range(21)),
)
TASK = {
    "title": "Call",
    "description": "Today",
    "due_date": "2026-02-01",
    "due_time": "14:00",
    "priority": "high",
}
CHANGES = (
    *({**ALPHA, "assigned_to": 5}, {**ALPHA, "probability": 40}, {**ALPHA, "probability": 40, "value": 7}),
    *(ALPHA, ALPHA, {**ALPHA, "reseller_id": None}, {**ALPHA, "company_id": 4}, {**ALPHA, "stage_id": 5}),
)


async def build_base_world(client: ScriptedClient) -> None:
    """Thirty deals, some with tasks and notes."""
    for deal in DEALS:
        await client.post("/deals", deal)
    for deal_id in (1, 1, 3, 3):
        await client.post(f"/deals/{deal_id}/tasks", TASK)
        await client.post(f"/deals/{deal_id}/notes", {"content": "A word"})


@cache
def base_world() -> World:
    """The world in which the sessions start: without seeded deals, with data that the API cannot create.

    These are a few emails, a quote, and an older deal that is assigned to nobody.
    """
    world = world_after(build_base_world, load_world("empty", NOW, contract=contract()))
    old = replace(world.deals[30], created_at=NOW - timedelta(days=40), assigned_to=None)
    quote = Quote(id=1, deal_id=2, quote_number="Q-1", status="sent", total=9, created_at=NOW)
    emails = (_email(4), _email(5, direction="outbound"), _email(6, deal_id=13), _email(7))
    return world.put("emails", *emails).put("deals", old).put("quotes", quote)


def _email(number: int, deal_id: int = 3, direction: str = "inbound") -> Email:
    return Email(
        id=number,
        deal_id=deal_id,
        thread_id="one",
        direction=direction,
        subject="Hello",
        body="Well?",
        from_name="Jürgen",
        from_email="j@kranich.example",
        to_name="Ada",
        to_email="a@revorbit.example",
        sent_at=NOW - timedelta(days=number),
    )
