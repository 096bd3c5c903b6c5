"""A page of any origin may call the API from a browser, and read every response."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.mock_server.conftest import Api, contract

ORIGIN = "http://localhost:5173"
OPERATIONS = list(contract().operations.values())


def preflight(
    api: Api, path: str, method: str, headers: str = "authorization,content-type"
) -> httpx.Response:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }
    return api.as_("nobody").send("OPTIONS", path, headers=asked)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_a_browser_may_ask_for_every_operation_without_a_token(reader: Api, operation: Any) -> None:
    answer = preflight(reader, f"/api{operation.path}".replace("{id}", "10"), operation.method)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert operation.method in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("person", "method", "path", "content", "status"),
    [
        ("admin", "GET", "/api/deals", None, 200),
        ("admin", "GET", "/api/deals/export", None, 200),
        ("admin", "POST", "/api/deals", b"{", 400),
        ("nobody", "GET", "/api/deals", None, 401),
        ("rep", "POST", "/api/pipeline-stages", b"{}", 403),
        ("admin", "GET", "/api/deals/999", None, 404),
        ("admin", "GET", "/api/nowhere", None, 404),
        ("admin", "GET", "/deals", None, 404),
        ("admin", "PATCH", "/api/deals/10", None, 405),
        ("admin", "GET", "/api/deals?per_page=101", None, 422),
        ("admin", "POST", "/api/deals", b"x" * (contract().max_body_bytes + 1), 400),
    ],
)
def test_a_script_of_another_origin_reads_successes_and_errors_alike(
    reader: Api, person: str, method: str, path: str, content: bytes | None, status: int
) -> None:
    answer = reader.as_(person).send(method, path, headers={"Origin": ORIGIN}, content=content)
    assert answer.status_code == status
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "content-disposition" in answer.headers["access-control-expose-headers"].lower()


def test_a_page_of_another_origin_may_name_a_world_and_a_preference(reader: Api) -> None:
    asked = preflight(reader, "/api/deals", "GET", headers="authorization,prefer,x-mock-world")
    allowed = asked.headers["access-control-allow-headers"].lower()
    assert (asked.status_code, "prefer" in allowed, "x-mock-world" in allowed) == (200, True, True)
    headers = {"Origin": ORIGIN, "X-Mock-World": "mine", "Prefer": "code=429"}
    answer = reader.send("GET", "/api/deals", headers=headers)
    assert answer.status_code == 429
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    readable = answer.headers["access-control-expose-headers"].lower()
    assert "preference-applied" in readable
    assert "retry-after" in readable
    nameless = reader.send("GET", "/api/deals", headers={"Origin": ORIGIN, "X-Mock-World": "?"})
    assert (nameless.status_code, nameless.headers["access-control-allow-origin"]) == (400, ORIGIN)


@pytest.mark.parametrize("path", ["/__admin/undo", "/worlds/mine/__admin/undo"])
def test_a_page_of_another_origin_may_not_control_a_world(reader: Api, path: str) -> None:
    assert "access-control-allow-origin" not in preflight(reader, path, "POST").headers
    answer = reader.send("POST", path, headers={"Origin": ORIGIN})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_crash_can_be_read_from_another_origin_too(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.store.commit(lambda world: world.drop("stages", 3))  # no request could do that
    answer = api.send("GET", "/api/deals", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.json()) == (500, {"success": False, "message": "Server error"})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Unhandled exception in GET /api/deals" in caplog.text


@pytest.mark.parametrize("path", ["/docs", "/docs/contract.json", "/__admin/health"])
def test_what_is_not_the_api_is_for_its_own_pages_only(reader: Api, path: str) -> None:
    answer = reader.send("GET", path, headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_a_wrong_path_passes_the_preflight_so_that_its_404_is_read(reader: Api) -> None:
    assert preflight(reader, "/deals", "GET").status_code == 200


def test_a_refused_preflight_has_the_documented_error_body(reader: Api) -> None:
    answer = preflight(reader, "/api/deals", "BREW")
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "message": "Disallowed CORS method"}


def test_a_client_without_an_origin_is_served(reader: Api) -> None:
    assert "access-control-allow-origin" not in reader.get("/deals").headers


@pytest.mark.parametrize("path", ["//api/deals/10", "/api//deals/10", "//docs", "/deals"])
def test_a_path_with_a_slash_too_many_is_a_404_that_a_page_can_read(reader: Api, path: str) -> None:
    answer = reader.send("GET", f"http://testserver{path}", headers={"Origin": ORIGIN})
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == ORIGIN
