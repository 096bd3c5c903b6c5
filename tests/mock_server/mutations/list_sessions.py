"""Sessions with the list of deals: pages, filters, dates, order and fields."""

from __future__ import annotations

from datetime import timedelta

from tests.mock_server.conftest import NOW
from tests.mock_server.mutations.base_world import ALPHA
from tests.mock_server.mutations.scripted_client import ScriptedClient


async def paging(client: ScriptedClient) -> None:
    await client.get("/deals")
    for page, per_page in ((1, 10), (2, 10), (3, 10), (2, 25), (1, 30), (9, 10), (0, 10), (1, 500)):
        await client.get("/deals", page=page, per_page=per_page)
    await client.get("/deals", page=3, per_page=10, sort_by="value")
    await client.get("/deals", stage_id=2)
    await client.get("/deals", stage_id=1, page=2, per_page=20)
    await client.get("/deals", search="nothing of the kind")
    await client.delete("/deals/30")
    await client.get("/deals")


async def filters(client: ScriptedClient) -> None:
    listed = (
        *({"search": term} for term in ("beta", "beta_", "Zeta", "%", "zeta", "BETA", "acme")),
        *({"search": term} for term in ("Bulk 07", "x" * 300, "a", "Zetä")),
        *({"search": "Zeta", "stage_id": 2}, {"search": "Zeta", "stage_id": 1}),
        *({"stage_id": 2}, {"stage_id": 999}, {"stage_ids": "2,3"}, {"stage_ids": "2,3", "stage_id": 1}),
        *({"stage_id": 6}, {"assigned_to": 1}, {"assigned_to": 3}, {"assigned_to": 3, "stage_id": 2}),
        *({"won": "0"}, {"won": "1"}, {}, {"assigned_to": 3, "scope": "me"}),
        *({"scope": scope} for scope in ("me", "team", "company")),
    )
    for query in listed:
        await client.get("/deals", per_page=100, **query)
    await client.get("/deals", stage_id=1, per_page=10, page=2)
    for scope in ("me", "team", "company"):
        await client.get("/deals/pipeline", scope=scope)
    await client.get("/deals/pipeline", assigned_to=3)
    await client.get("/deals/pipeline", assigned_to=3, scope="me")
    client.person = "rep"
    await client.get("/deals", scope="me")


async def dates(client: ScriptedClient) -> None:
    ranges = (
        *({}, {"date_from": "2026-03-15"}, {"date_to": "2026-02-09"}),
        *(
            {"date_from": first, "date_to": "2026-03-16"}
            for first in ("2026-03-15", "2026-03-17", "2020-01-01")
        ),
        {"date_from": "2026-02-09", "date_to": "2026-02-09", "date_field": "created_at"},
        *({"date_from": day, "date_field": "created_at"} for day in ("2026-02-09", "2026-02-10")),
        {"date_from": "2026-02-01", "date_to": "2026-03-01", "date_field": "closed_at"},
    )
    for query in ranges:
        await client.get("/deals", per_page=100, **query)
        await client.get("/deals/pipeline", **query)


async def sorting(client: ScriptedClient) -> None:
    await client.post("/deals", {"name": "Émile", "stage_id": 1})
    fields = (
        *("title", "company_name", "stage_name", "value"),
        *("expected_close_date", "created_at", "assigned_to_name"),
    )
    for sort_by in fields:
        for page, sort_dir in ((1, "ASC"), (2, "ASC"), (1, "DESC")):
            await client.get("/deals", sort_by=sort_by, sort_dir=sort_dir, page=page, per_page=7)
    await client.get("/deals", sort_by="company_name", per_page=100)
    await client.get("/deals", sort_dir="DESC", per_page=100)
    await client.get("/deals", per_page=100)


async def fields(client: ScriptedClient) -> None:
    await client.get("/deals", per_page=10)
    for path in ("/deals/1", "/deals/3", "/deals/pipeline", "/deals/stages", "/deals/stats"):
        await client.get(path)
    await client.put("/deals/1", {**ALPHA, "name": "Alpha again", "company_id": 4})
    await client.get("/deals/1")
    await client.get("/deals", per_page=100)
    late = (NOW - timedelta(days=5)).date().isoformat()
    await client.post("/deals", {"name": "Late", "stage_id": 1, "expected_close_date": late})
    await client.get("/deals/31")
