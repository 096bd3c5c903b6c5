"""Where somebody walks who makes his own data: a walk for each subject of the catalogue."""

from __future__ import annotations

import jwt

from mock_server.auth import ALGORITHM, SECRET
from tests.mock_server.mutations.list_walks import dates, fields, filters, paging, sorting
from tests.mock_server.mutations.settled import ALPHA, CHANGES, TASK
from tests.mock_server.mutations.walking import Walk, Walker

UNNAMED = b'--b\r\nContent-Disposition: form-data; filename="a.csv"\r\n\r\nname\r\n--b--\r\n'


async def writes(walk: Walker) -> None:
    odd = {"name": f"New 🚀 {'long ' * 20}", "value": 77.77}
    await walk.post("/deals", {**ALPHA, **odd})
    await walk.post("/deals", {"name": " Bare ", "stage_id": 2, "notes": ""})
    await walk.get("/deals", search="bare")
    await walk.post("/deals", {"name": "Bare", "stage_id": 2, "partner_id": None})
    await walk.post("/deals", {"name": "Bare", "stage_id": 3})
    await walk.post("/deals", {"name": "Of Jane", "stage_id": 2, "contact_id": 1})
    for body in (
        *({"stage_id": 1}, {"name": "X", "stage_id": 999}, {"name": "X", "stage_id": 1, "probability": 150}),
        {"name": "X", "stage_id": 1, "value": "plenty"},
        {"name": "X", "stage_id": 1, "expected_close_date": "2026-02-31"},
    ):
        await walk.post("/deals", body)
    for value in (0, 123456789012.5):
        await walk.put("/deals/1", {**ALPHA, "value": value})
        await walk.get("/deals/1")
    for path in ("/deals/7", "/deals/31", "/deals/32", "/deals/999", "/deals?per_page=100"):
        await walk.get(path)


async def updates(walk: Walker) -> None:
    await walk.put("/deals/1", {"name": "ALPHA", "stage_id": 1})
    await walk.put("/deals/1", {"name": "Alpha", "stage_id": 1, "value": 0, "partner_id": None})
    for body in CHANGES:
        await walk.put("/deals/1", body)
    await walk.put("/deals/999", {"name": "X", "stage_id": 1})
    await walk.put("/deals/1/primary-quote", {"quote_id": 5})
    for _ in range(2):
        await walk.put("/deals/2/primary-quote", {"quote_id": 1})
    for path in ("/deals/1", "/deals/7", "/deals/999", "/deals?per_page=100"):
        await walk.get(path)


async def moves(walk: Walker) -> None:
    for deal_id, stage_id in ((1, 2), (1, 3), (7, 5), (8, 6), (999, 1), (8, 6), (7, 2), (8, 999)):
        await walk.put(f"/deals/{deal_id}/stage", {"stage_id": stage_id})
    await walk.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 5, 6]})
    await walk.put("/deals/9/stage", {"stage_id": 1})
    for path in ("/deals/1", "/deals/7", "/deals/pipeline", "/deals?per_page=100", "/deals?stage_id=3"):
        await walk.get(path)


async def deletes(walk: Walker) -> None:
    for deal_id in (7, 7, 999):
        await walk.delete(f"/deals/{deal_id}")
    for path in (
        "/deals/7",
        "/deals/7/tasks",
        "/deals?per_page=100",
        "/deals/pipeline",
        "/deals/stats",
        "/deals/export",
    ):
        await walk.get(path)
    await walk.post("/deals/30/tasks", TASK)
    await walk.delete("/deals/30")
    await walk.post("/deals", {"name": "Another", "stage_id": 1})
    await walk.get("/deals/30/tasks")


async def stages(walk: Walker) -> None:
    await walk.get("/deals/stages")
    await walk.get("/deals/1")
    await walk.post("/pipeline-stages", {"name": "Signed", "probability": 95, "is_won": True})
    await walk.post("/pipeline-stages", {"probability": 20})
    await walk.post("/pipeline-stages", {"name": "Idea", "probability": 5})
    await walk.put("/pipeline-stages/1", {"name": "Prospect", "color": "#123456"})
    for change in ({"is_won": True}, {"name": "Prospects"}):
        await walk.put("/pipeline-stages/1", change)
    await walk.get("/deals/1")
    await walk.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 8, 5, 6, 7]})
    await walk.put("/pipeline-stages/reorder", {"order": [8, 7, 999]})
    await walk.get("/deals/stages")
    for deal_id, stage_id in ((1, 2), (1, 3), (7, 5), (8, 6), (9, 2), (999, 1), (8, 6), (7, 2), (8, 999)):
        await walk.put(f"/deals/{deal_id}/stage", {"stage_id": stage_id})
    await walk.get("/deals", stage_id=2)
    for stage in (1, 4, 8, 999):
        await walk.delete(f"/pipeline-stages/{stage}")
    await walk.post("/pipeline-stages", {"name": "Another"})
    for path in ("/deals/stages", "/deals/pipeline", "/deals?per_page=100", "/deals/1"):
        await walk.get(path)


async def board_and_stats(walk: Walker) -> None:
    await walk.get("/deals/pipeline")
    await walk.get("/deals/pipeline", date_to="2000-01-01")
    await walk.get("/deals/stats")
    await walk.post("/deals", {"name": "One more", "stage_id": 1})
    await walk.put("/deals/2", {"name": "beta_gadgets", "stage_id": 2, "value": 10})
    await walk.put("/deals/1/stage", {"stage_id": 5})
    await walk.put("/deals/3/stage", {"stage_id": 5})
    await walk.post("/deals/7/tasks", TASK)
    await walk.get("/deals/pipeline")
    await walk.put("/pipeline-stages/2", {"name": "Lead"})
    await walk.get("/deals/pipeline")
    await walk.get("/deals/pipeline", assigned_to=3)
    await walk.delete("/deals/4")
    await walk.get("/deals/stats")
    await walk.upload("name,stage_name,value\nImported,Lead,5\n")
    await walk.get("/deals/pipeline")
    await walk.get("/deals/stats")


async def caches(walk: Walker) -> None:
    async def look() -> None:
        for path in ("/deals/1", "/deals?per_page=100", "/deals/pipeline"):
            await walk.get(path)

    await look()
    await walk.put("/deals/1/stage", {"stage_id": 2})
    await look()
    await walk.put("/pipeline-stages/2", {"name": "Talking"})
    await look()
    await walk.delete("/deals/3")
    await look()
    await walk.put("/pipeline-stages/reorder", {"order": [2, 1, 3, 4, 5, 6]})
    await look()


async def tasks(walk: Walker) -> None:
    await walk.get("/deals/1/tasks")
    for body in (TASK, {"title": "Send", "priority": "urgent"}, {"priority": "low"}, {"title": "Only this"}):
        await walk.post("/deals/1/tasks", body)
    await walk.put("/deals/1/tasks/1", {"title": "Call again", "due_time": "09:30", "priority": "low"})
    await walk.post("/deals/3/tasks", {"title": "Call", "contact_id": 1})
    await walk.delete("/deals/2/tasks/3")
    await walk.delete("/deals/1/tasks/2")
    await walk.delete("/deals/1/tasks/2")
    await walk.post("/deals/1/tasks", {"title": "At ten", "due_time": "10:00"})
    await walk.post("/deals/1/tasks", {"title": "By midnight", "due_date": "2026-12-01", "due_time": "00:00"})
    await walk.post("/deals/1/tasks", {"title": "For somebody else", "assigned_to": 3})
    for deal_id in (1, 3, 999):
        await walk.get(f"/deals/{deal_id}/tasks")


async def notes_and_emails(walk: Walker) -> None:
    for body in ({"content": "Spoke to Jane,\nand to Ben"}, {"content": "On and on. " * 30}, {}):
        await walk.post("/deals/1/notes", body)
    await walk.post("/deals/999/notes", {"content": "Nobody"})
    for path in ("/deals/2/notes/3", "/deals/1/notes/1", "/deals/1/notes/2", "/deals/1/notes/1"):
        await walk.delete(path)
    for deal_id in (1, 3, 999):
        for part in ("timeline", "linked-emails"):
            await walk.get(f"/deals/{deal_id}/{part}")
    await walk.get("/deals/1")
    for person in ("manager", "admin"):
        walk.person = person
        await walk.delete("/deals/3/notes/4")


async def files(walk: Walker) -> None:
    await walk.get("/deals/export")
    await walk.get("/deals/template")
    await walk.upload('name,stage_name,value\nMüller,Lead,5.5\n"One, two",Lead,7\n日本,Lead,1\n')
    await walk.upload("name,stage_name,assigned_to_email\nMine,Lead,rep@revorbit.example\n")
    await walk.upload("colour,weight\nred,5\n")
    await walk.upload("no header at all")
    await walk.post(
        "/deals/import", content=UNNAMED, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    await walk.get("/deals/export")
    await walk.get("/deals", per_page=100)


async def access(walk: Walker) -> None:
    good = walk.tokens["admin"]
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(claims, "another secret, and a long one at that", "HS256")
    unsigned = jwt.encode(claims, None, "none")
    expired = jwt.encode({**claims, "exp": claims["iat"] - 1}, SECRET, ALGORITHM)
    await walk.get("/deals")
    await walk.get("/deals/1")
    for token in ("", "any text", forged, unsigned, expired):
        await walk.send("GET", "/deals/1", token=token)
        for path in ("/deals", "/deals/stats", "/deals/export", "/deals/1/tasks"):
            await walk.send("GET", path, token=token)
    await walk.delete("/deals/1", token="")
    for email, password in (("rep@revorbit.example", "password"), ("rep@revorbit.example", "wrong")):
        await walk.post("/auth/login", {"email": email, "password": password})
    walk.person = "rep"
    await walk.post("/pipeline-stages", {"name": "Mine"})
    await walk.delete("/deals/2")
    await walk.get("/deals/export")


async def robustness(walk: Walker) -> None:
    for query in (
        *({"search": "it's"}, {"page": 0}, {"per_page": 0}, {"sort_by": "secret"}),
        {"date_from": "2026-02-31"},
    ):
        await walk.get("/deals", **query)
    for name in ("🚀", "x" * 200, "Zeta", "Zeta"):
        await walk.post("/deals", {"name": name, "stage_id": 1})
    for content in (b"{", b"[]"):
        await walk.post("/deals", content=content, headers={"content-type": "application/json"})
    for body in ({}, {"name": "", "stage_id": 999}, {"name": "X", "stage_id": 999}):
        await walk.post("/deals", body)
    await walk.put("/deals/1", {"name": "X", "stage_id": 1})
    for stage_id in (999, 2):
        await walk.put("/deals/1/stage", {"stage_id": stage_id})
    for path in ("/deals/1", "/deals/999", "/deals/99999999999"):
        await walk.get(path)
    await walk.delete("/deals/1/notes/1")
    await walk.delete("/deals/1")


async def refusals(walk: Walker) -> None:
    await walk.post("/deals", {"name": "Half right", "stage_id": 1, "probability": 150})
    await walk.put("/deals/1", {"name": "Half right", "stage_id": 1, "value": "plenty"})
    for path in ("/deals/0", "/deals/1", "/deals/31"):
        await walk.get(path)
    half = {"title": "Half right", "priority": "urgent"}
    await walk.post("/deals/1/tasks", half)
    for path, body in (("/deals/1/tasks/1", half), ("/deals/3/tasks/2", TASK), ("/deals/1/tasks/99", TASK)):
        await walk.put(path, body)
    await walk.get("/deals/1/tasks")
    await walk.delete("/deals/1/notes/3")
    await walk.put("/pipeline-stages/99", {"color": "#123456"})
    await walk.get("/deals/stages")


async def limits(walk: Walker) -> None:
    for _ in range(100):
        await walk.get("/deals/stages")


WALKS: dict[str, Walk] = {
    walk.__name__.replace("_", " "): walk
    for walk in (
        *(paging, filters, dates, sorting, fields, writes, updates, moves, deletes, stages),
        *(board_and_stats, caches, tasks, notes_and_emails, files, access, refusals, robustness, limits),
    )
}
