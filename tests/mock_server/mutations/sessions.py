"""A session for each subject of the catalogue, with a client that creates its own data."""

from __future__ import annotations

import jwt

from mock_server.auth import ALGORITHM, SECRET
from tests.mock_server.mutations.base_world import ALPHA, CHANGES, TASK
from tests.mock_server.mutations.list_sessions import dates, fields, filters, paging, sorting
from tests.mock_server.mutations.scripted_client import ScriptedClient, Session
from tests.mock_server.mutations.write_sessions import (
    after_deletion,
    closed_deals,
    downloads,
    extremes,
    import_rows,
    write_responses,
)

UNNAMED = b'--b\r\nContent-Disposition: form-data; filename="a.csv"\r\n\r\nname\r\n--b--\r\n'


async def writes(client: ScriptedClient) -> None:
    odd = {"name": f"New 🚀 {'long ' * 20}", "value": 77.77}
    await client.post("/deals", {**ALPHA, **odd})
    await client.post("/deals", {"name": " Bare ", "stage_id": 2, "notes": ""})
    await client.get("/deals", search="bare")
    await client.post("/deals", {"name": "Bare", "stage_id": 2, "partner_id": None})
    await client.post("/deals", {"name": "Bare", "stage_id": 3})
    await client.post("/deals", {"name": "Of <i>Jane</i>", "stage_id": 2, "contact_id": 1})
    for body in (
        *({"stage_id": 1}, {"name": "X", "stage_id": 999}, {"name": "X", "stage_id": 1, "probability": 150}),
        {"name": "X", "stage_id": 1, "value": "plenty"},
        {"name": "X", "stage_id": 1, "expected_close_date": "2026-02-31"},
    ):
        await client.post("/deals", body)
    for value in (0, 123456789012.5):
        await client.put("/deals/1", {**ALPHA, "value": value})
        await client.get("/deals/1")
    for path in ("/deals/7", "/deals/31", "/deals/32", "/deals/999", "/deals?per_page=100"):
        await client.get(path)


async def updates(client: ScriptedClient) -> None:
    await client.put("/deals/1", {"name": "ALPHA", "stage_id": 1})
    await client.put("/deals/1", {"name": "Alpha", "stage_id": 1, "value": 0, "partner_id": None})
    for body in CHANGES:
        await client.put("/deals/1", body)
    await client.put("/deals/999", {"name": "X", "stage_id": 1})
    await client.put("/deals/1/primary-quote", {"quote_id": 5})
    for _ in range(2):
        await client.put("/deals/2/primary-quote", {"quote_id": 1})
    for path in ("/deals/1", "/deals/7", "/deals/999", "/deals?per_page=100"):
        await client.get(path)


async def moves(client: ScriptedClient) -> None:
    for deal_id, stage_id in ((1, 2), (1, 3), (7, 5), (8, 6), (999, 1), (8, 6), (7, 2), (8, 999)):
        await client.put(f"/deals/{deal_id}/stage", {"stage_id": stage_id})
    await client.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 5, 6]})
    await client.put("/deals/9/stage", {"stage_id": 1})
    for path in ("/deals/1", "/deals/7", "/deals/pipeline", "/deals?per_page=100", "/deals?stage_id=3"):
        await client.get(path)


async def deletes(client: ScriptedClient) -> None:
    for deal_id in (7, 7, 999):
        await client.delete(f"/deals/{deal_id}")
    for path in (
        "/deals/7",
        "/deals/7/tasks",
        "/deals?per_page=100",
        "/deals/pipeline",
        "/deals/stats",
        "/deals/export",
    ):
        await client.get(path)
    await client.post("/deals/30/tasks", TASK)
    await client.delete("/deals/30")
    await client.post("/deals", {"name": "Another", "stage_id": 1})
    await client.get("/deals/30/tasks")


async def stages(client: ScriptedClient) -> None:
    await client.get("/deals/stages")
    await client.get("/deals/1")
    await client.post("/pipeline-stages", {"name": "Signed", "probability": 95, "is_won": True})
    await client.post("/pipeline-stages", {"probability": 20})
    await client.post("/pipeline-stages", {"name": "Idea", "probability": 5})
    await client.put("/pipeline-stages/1", {"name": "Prospect", "color": "#123456"})
    for change in ({"is_won": True}, {"name": "Prospects"}):
        await client.put("/pipeline-stages/1", change)
    await client.get("/deals/1")
    await client.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 8, 5, 6, 7]})
    await client.put("/pipeline-stages/reorder", {"order": [8, 7, 999]})
    await client.get("/deals/stages")
    for deal_id, stage_id in ((1, 2), (1, 3), (7, 5), (8, 6), (9, 2), (999, 1), (8, 6), (7, 2), (8, 999)):
        await client.put(f"/deals/{deal_id}/stage", {"stage_id": stage_id})
    await client.get("/deals", stage_id=2)
    for stage in (1, 4, 8, 999):
        await client.delete(f"/pipeline-stages/{stage}")
    await client.post("/pipeline-stages", {"name": "Another"})
    for path in ("/deals/stages", "/deals/pipeline", "/deals?per_page=100", "/deals/1"):
        await client.get(path)


async def board_and_stats(client: ScriptedClient) -> None:
    await client.get("/deals/pipeline")
    await client.get("/deals/pipeline", date_to="2000-01-01")
    await client.get("/deals/stats")
    await client.post("/deals", {"name": "One more", "stage_id": 1})
    await client.put("/deals/2", {"name": "beta_gadgets", "stage_id": 2, "value": 10})
    await client.put("/deals/1/stage", {"stage_id": 5})
    await client.put("/deals/3/stage", {"stage_id": 5})
    await client.post("/deals/7/tasks", TASK)
    await client.get("/deals/pipeline")
    await client.put("/pipeline-stages/2", {"name": "Lead"})
    await client.get("/deals/pipeline")
    await client.get("/deals/pipeline", assigned_to=3)
    await client.delete("/deals/4")
    await client.get("/deals/stats")
    await client.upload("name,stage_name,value\nImported,Proposal,5\n")
    await client.get("/deals/pipeline")
    await client.get("/deals/stats")


async def caches(client: ScriptedClient) -> None:
    async def look() -> None:
        for path in (
            *("/deals/1", "/deals?per_page=100", "/deals/pipeline", "/deals/export", "/deals/stats"),
            "/deals?stage_id=3",
        ):
            await client.get(path)

    await look()
    await client.put("/deals/2", {"name": "Renamed", "stage_id": 3, "value": 8})
    await look()
    await client.put("/deals/1/stage", {"stage_id": 2})
    await look()
    await client.put("/pipeline-stages/2", {"name": "Talking"})
    await look()
    await client.delete("/deals/3")
    await look()
    await client.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 5, 6]})
    await look()


async def tasks(client: ScriptedClient) -> None:
    await client.get("/deals/1/tasks")
    for body in (TASK, {"title": "Send", "priority": "urgent"}, {"priority": "low"}, {"title": "Only this"}):
        await client.post("/deals/1/tasks", body)
    await client.put("/deals/1/tasks/1", {"title": "Call again", "due_time": "09:30", "priority": "low"})
    await client.post("/deals/3/tasks", {"title": "Call", "contact_id": 1})
    await client.delete("/deals/2/tasks/3")
    await client.delete("/deals/1/tasks/2")
    await client.delete("/deals/1/tasks/2")
    await client.post("/deals/1/tasks", {"title": "At ten", "due_time": "10:00"})
    await client.post(
        "/deals/1/tasks", {"title": "By midnight", "due_date": "2026-12-01", "due_time": "00:00"}
    )
    await client.post("/deals/1/tasks", {"title": "For somebody else", "assigned_to": 3})
    for deal_id in (1, 3, 999):
        await client.get(f"/deals/{deal_id}/tasks")


async def notes_and_emails(client: ScriptedClient) -> None:
    for body in ({"content": "Spoke to Jane,\nand to Ben"}, {"content": "On and on. " * 30}, {}):
        await client.post("/deals/1/notes", body)
    await client.post("/deals/999/notes", {"content": "Nobody"})
    for path in ("/deals/2/notes/3", "/deals/1/notes/1", "/deals/1/notes/2", "/deals/1/notes/1"):
        await client.delete(path)
    for deal_id in (1, 3, 999):
        for part in ("timeline", "linked-emails"):
            await client.get(f"/deals/{deal_id}/{part}")
    await client.get("/deals/1")
    for person in ("manager", "admin"):
        client.person = person
        await client.delete("/deals/3/notes/4")


async def files(client: ScriptedClient) -> None:
    await client.get("/deals/export")
    await client.get("/deals/template")
    await client.upload('name,stage_name,value\nMüller,Lead,5.5\n"One, two",Lead,7\n日本,Lead,1\n')
    await client.upload("name,stage_name,assigned_to_email\nMine,Lead,rep@revorbit.example\n")
    await client.upload("colour,weight\nred,5\n")
    await client.upload("no header at all")
    await client.post(
        "/deals/import", content=UNNAMED, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    await client.get("/deals/export")
    await client.get("/deals", per_page=100)


async def access(client: ScriptedClient) -> None:
    good = client.tokens["admin"]
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(claims, "another secret, and a long one at that", "HS256")
    unsigned = jwt.encode(claims, None, "none")
    expired = jwt.encode({**claims, "exp": claims["iat"] - 1}, SECRET, ALGORITHM)
    await client.get("/deals")
    await client.get("/deals/1")
    for token in ("", "any text", forged, unsigned, expired):
        await client.send("GET", "/deals/1", token=token)
        for path in ("/deals", "/deals/stats", "/deals/export", "/deals/1/tasks"):
            await client.send("GET", path, token=token)
    await client.delete("/deals/1", token="")
    for email, password in (("rep@revorbit.example", "password"), ("rep@revorbit.example", "wrong")):
        await client.post("/auth/login", {"email": email, "password": password})
    client.person = "rep"
    await client.post("/pipeline-stages", {"name": "Mine"})
    await client.delete("/deals/2")
    await client.get("/deals/export")


async def robustness(client: ScriptedClient) -> None:
    for query in (
        *({"search": "it's"}, {"page": 0}, {"per_page": 0}, {"sort_by": "secret"}),
        {"date_from": "2026-02-31"},
    ):
        await client.get("/deals", **query)
    for name in ("🚀", "x" * 200, "Zeta", "Zeta"):
        await client.post("/deals", {"name": name, "stage_id": 1})
    for content in (b"{", b"[]"):
        await client.post("/deals", content=content, headers={"content-type": "application/json"})
    for body in ({}, {"name": "", "stage_id": 999}, {"name": "X", "stage_id": 999}):
        await client.post("/deals", body)
    await client.put("/deals/1", {"name": "X", "stage_id": 1})
    for stage_id in (999, 2):
        await client.put("/deals/1/stage", {"stage_id": stage_id})
    for path in ("/deals/1", "/deals/999", "/deals/99999999999"):
        await client.get(path)
    await client.delete("/deals/1/notes/1")
    await client.delete("/deals/1")


async def rejections(client: ScriptedClient) -> None:
    await client.post("/deals", {"name": "Half right", "stage_id": 1, "probability": 150})
    await client.put("/deals/1", {"name": "Half right", "stage_id": 1, "value": "plenty"})
    for path in ("/deals/0", "/deals/1", "/deals/31"):
        await client.get(path)
    half = {"title": "Half right", "priority": "urgent"}
    await client.post("/deals/1/tasks", half)
    for path, body in (("/deals/1/tasks/1", half), ("/deals/3/tasks/2", TASK), ("/deals/1/tasks/99", TASK)):
        await client.put(path, body)
    await client.get("/deals/1/tasks")
    await client.delete("/deals/1/notes/3")
    await client.put("/pipeline-stages/99", {"color": "#123456"})
    await client.get("/deals/stages")


async def limits(client: ScriptedClient) -> None:
    for _ in range(100):
        await client.get("/deals/stages")


SESSIONS: dict[str, Session] = {
    session.__name__.replace("_", " "): session
    for session in (
        *(paging, filters, dates, sorting, fields, writes, updates, moves, deletes, stages),
        *(board_and_stats, caches, tasks, notes_and_emails, files, access, rejections, robustness, limits),
        *(downloads, import_rows, extremes, after_deletion, closed_deals, write_responses),
    )
}
