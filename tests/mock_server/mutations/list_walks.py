"""Where somebody walks over the list of deals: its pages, filters, dates, order and fields."""

from __future__ import annotations

from datetime import timedelta

from tests.mock_server.conftest import NOW
from tests.mock_server.mutations.settled import ALPHA
from tests.mock_server.mutations.walking import Walker


async def paging(walk: Walker) -> None:
    await walk.get("/deals")
    for page, per_page in ((1, 10), (2, 10), (3, 10), (2, 25), (1, 30), (9, 10), (0, 10), (1, 500)):
        await walk.get("/deals", page=page, per_page=per_page)
    await walk.get("/deals", page=3, per_page=10, sort_by="value")
    await walk.get("/deals", stage_id=2)
    await walk.get("/deals", stage_id=1, page=2, per_page=20)
    await walk.get("/deals", search="nothing of the kind")
    await walk.delete("/deals/30")
    await walk.get("/deals")


async def filters(walk: Walker) -> None:
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
        await walk.get("/deals", per_page=100, **query)
    await walk.get("/deals", stage_id=1, per_page=10, page=2)
    for scope in ("me", "team", "company"):
        await walk.get("/deals/pipeline", scope=scope)
    await walk.get("/deals/pipeline", assigned_to=3)
    await walk.get("/deals/pipeline", assigned_to=3, scope="me")
    walk.person = "rep"
    await walk.get("/deals", scope="me")


async def dates(walk: Walker) -> None:
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
        await walk.get("/deals", per_page=100, **query)
        await walk.get("/deals/pipeline", **query)


async def sorting(walk: Walker) -> None:
    fields = (
        *("title", "company_name", "stage_name", "value"),
        *("expected_close_date", "created_at", "assigned_to_name"),
    )
    for sort_by in fields:
        for page, sort_dir in ((1, "ASC"), (2, "ASC"), (1, "DESC")):
            await walk.get("/deals", sort_by=sort_by, sort_dir=sort_dir, page=page, per_page=7)
    await walk.get("/deals", sort_by="company_name", per_page=100)
    await walk.get("/deals", sort_dir="DESC", per_page=100)
    await walk.get("/deals", per_page=100)


async def fields(walk: Walker) -> None:
    await walk.get("/deals", per_page=10)
    for path in ("/deals/1", "/deals/3", "/deals/pipeline", "/deals/stages", "/deals/stats"):
        await walk.get(path)
    await walk.put("/deals/1", {**ALPHA, "name": "Alpha again", "company_id": 4})
    await walk.get("/deals/1")
    await walk.get("/deals", per_page=100)
    late = (NOW - timedelta(days=5)).date().isoformat()
    await walk.post("/deals", {"name": "Late", "stage_id": 1, "expected_close_date": late})
    await walk.get("/deals/31")
