"""Sessions with unusual writes: files, extreme values, and writes to what is closed or deleted."""

from __future__ import annotations

from tests.mock_server.mutations.base_world import ALPHA, TASK
from tests.mock_server.mutations.scripted_client import ScriptedClient

ROWS = (
    "name,stage_name,value,expected_close_date,company_name\n"
    "Good,Lead,5,2031-02-03,Acme Corp\n"
    "Impossible,Lead,5,2031-02-30,\n"
    "Boxes,Lead,12 boxes,,\n"
    ",Lead,5,,\n"
)


async def downloads(client: ScriptedClient) -> None:
    await client.post("/deals", {"name": "Zoë", "stage_id": 1})
    await client.get("/deals/export")
    await client.get("/deals/template")


async def import_rows(client: ScriptedClient) -> None:
    await client.upload(ROWS)
    await client.get("/deals", per_page=100)


async def extremes(client: ScriptedClient) -> None:
    quoted = "\"Quoted\" & 'more' "
    deals = (
        {**ALPHA, "name": "Zoë"},
        {**ALPHA, "value": -5},
        {**ALPHA, "notes": "", "tags": "", "expected_close_date": "2039-01-01"},
        {**ALPHA, "notes": None},
        {**ALPHA, "value": 0, "probability": 0, "notes": "0", "tags": "tag," * 60},
        {"name": "Large", "stage_id": 1, "company_id": 2**32 + 1},
    )
    for deal in deals:
        await client.post("/deals", deal)
        await client.put("/deals/1", deal)
        await client.get("/deals/1")
    for change in ({"description": quoted * 40}, {"description": ""}, {"due_date": "1970-01-01"}):
        await client.post("/deals/1/tasks", {**TASK, **change})
        await client.put("/deals/1/tasks/1", {**TASK, **change})
    await client.post("/pipeline-stages", {"name": quoted})
    await client.get("/deals", per_page=100)
    await client.get("/deals/1/tasks")


async def after_deletion(client: ScriptedClient) -> None:
    await client.delete("/deals/1/tasks/1")
    await client.put("/deals/1/tasks/1", TASK)
    await client.get("/deals/1/tasks")
    await client.delete("/deals/1")
    await client.post("/deals/1/notes", {"content": "Too late"})
    await client.put("/deals/1", ALPHA)
    await client.get("/deals/1")
    await client.post("/pipeline-stages", {"name": "Brief"})
    await client.delete("/pipeline-stages/7")
    await client.post("/deals", {"name": "Nowhere", "stage_id": 7})
    await client.put("/deals/2/stage", {"stage_id": 7})


async def closed_deals(client: ScriptedClient) -> None:
    for stage_id, value in ((5, 1), (5, 2), (1, 3), (6, 4)):
        await client.put("/deals/1", {**ALPHA, "stage_id": stage_id, "value": value})
        await client.get("/deals/1")


async def write_responses(client: ScriptedClient) -> None:
    await client.put("/deals/1", {**ALPHA, "value": 7})
    await client.put("/deals/1/stage", {"stage_id": 2})
    await client.put("/deals/1/tasks/1", {"title": "Another title"})
    await client.put("/pipeline-stages/2", {"name": "Another name"})
    await client.get("/deals/1/tasks")
    await client.get("/deals/stages")
