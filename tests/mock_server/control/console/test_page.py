"""The console's page: what it shows, to whom, and that hostile names stay text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from mock_server.control.console.page import MOST_CARDS
from mock_server.testing import build_mock
from mock_server.worldfile import fixture_names
from tests.mock_server.conftest import NOW, Api, contract, mock_on, seeded
from tests.mock_server.control.conftest import Controls
from tests.mock_server.control.test_closed import status_for

IN_SMALL = {"X-Mock-World": "small"}
FILES = {"console.css": "text/css", "console.js": "text/javascript", "journal.js": "text/javascript"}


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def with_(self, attribute: str) -> list[str]:
        """The values of an attribute."""
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


def page_of(mock: Api, path: str = "/__admin/") -> Page:
    answer = mock.as_("nobody").send("GET", path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return Page(answer.text)


@pytest.mark.parametrize("base", ["/__admin", "/worlds/base/__admin"])
def test_the_page_is_at_the_base_path_with_a_slash(mock: Api, base: str) -> None:
    answer = mock.client.get(base, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "__admin/")
    assert mock.client.get(base).url.path == f"{base}/"


def test_the_page_shows_the_world_that_the_request_names(mock: Api, controls: Controls) -> None:
    controls.post("/worlds/small", {"fixture": "empty"})
    for shown in (page_of(mock, "/worlds/small/__admin/"), Page(controls.send("GET", "/", **IN_SMALL).text)):
        assert "World small" in shown.text
        assert "0 deals" in shown.text
    assert "World base" in page_of(mock).text
    assert "12 deals" in page_of(mock).text


def test_the_board_has_each_stage_with_its_deals_and_their_risk(mock: Api, controls: Controls) -> None:
    shown = page_of(mock)
    for column in mock.data("/deals/pipeline"):
        assert column["name"] in shown.text
        count = column["deals_count"]
        assert f"{count} deal{'' if count == 1 else 's'} · {column['total_value']:,}" in shown.text
        for deal in column["deals"]:
            assert deal["name"] in shown.text
            if deal["risk"]:
                assert f"{deal['risk']['risk_level']} {deal['risk']['risk_score']}" in shown.text
    assert sorted(map(int, shown.with_("data-deal"))) == sorted(mock.ids())


def test_the_riskiest_deals_of_a_stage_come_first() -> None:
    mock = mock_on(seeded())
    shown = [int(id_) for id_ in page_of(mock).with_("data-deal")]
    for column in mock.data("/deals/pipeline"):
        scores = {deal["id"]: deal["risk"]["risk_score"] for deal in column["deals"] if deal["risk"]}
        of_lane = [scores[id_] for id_ in shown if id_ in scores]
        assert of_lane == sorted(of_lane, reverse=True)


def test_a_stage_with_many_deals_shows_those_that_changed_last(mock: Api) -> None:
    for number in range(MOST_CARDS + 3):
        mock.create(name=f"New {number}")
    leads = {str(deal.id) for deal in mock.world.deals.of(1)}
    shown = page_of(mock)
    assert f"… and {len(leads) - MOST_CARDS} more" in shown.text
    assert len(leads & set(shown.with_("data-deal"))) == MOST_CARDS


def test_the_page_stays_small() -> None:
    answer = mock_on(seeded(deals=2_000)).send("GET", "/__admin/")
    assert len(answer.content) < 150_000


def test_the_page_offers_all_operations_and_fixtures(mock: Api) -> None:
    text = page_of(mock).text
    assert all(operation in text for operation in contract().operations)
    assert all(fixture in text for fixture in fixture_names())


def test_the_tokens_of_the_page_are_valid_in_its_world(mock: Api, controls: Controls) -> None:
    there = controls.of("past")
    there.put("/clock", {"now": "2025-01-01"})
    tokens = page_of(mock, "/worlds/past/__admin/").with_("data-token")
    assert len(tokens) == len(contract().roles)
    for token in tokens:
        headers = {"Authorization": f"Bearer {token}"}
        answer = mock.as_("nobody").send("GET", "/worlds/past/api/deals/stages", headers=headers)
        assert answer.status_code == 200


def test_faults_snapshots_and_worlds_can_be_chosen(mock: Api, controls: Controls) -> None:
    controls.put("/snapshots/before")
    controls.post("/faults", {"operation": "updateDeal", "status": 503, "share": 0.5})
    controls.post("/faults", {"everywhere": True, "delay": 5})
    controls.of("other").post("/reset")
    shown = page_of(mock)
    calls = shown.with_("data-call")
    assert {"POST snapshots/before/restore", "DELETE snapshots/before"} <= set(calls)
    assert {"DELETE faults/1?everywhere=false", "DELETE faults/1?everywhere=true"} <= set(calls)
    assert re.search(r"updateDeal share 0.5, status 503\s+in this world", shown.text)
    assert re.search(r"all operations delay 5\s+in all worlds", shown.text)
    assert "other" in shown.text


def test_what_the_buttons_call_are_operations_of_the_contract(mock: Api, controls: Controls) -> None:
    controls.put("/snapshots/before")
    controls.post("/faults", {"status": 503})
    for call in page_of(mock).with_("data-call"):
        method, path = call.split(" ")
        answer = controls.send("OPTIONS", "/" + path.replace("{name}", "x").partition("?")[0])
        assert method in answer.headers["allow"], call


@pytest.mark.parametrize("fixture", fixture_names())
def test_names_stay_text_whatever_they_are(fixture: str) -> None:
    mock = mock_on(build_mock(fixture=fixture, now=NOW).world)
    plain = {tag for tag, _ in page_of(mock_on(build_mock(deals=1, now=NOW).world)).tags}
    if mock.world.stages:
        mock.create(name="<script>alert(1)</script><img src=x onerror=alert(1)>\"'>")
    shown = page_of(mock)
    assert {tag for tag, _ in shown.tags} <= plain
    assert [tag for tag, _ in shown.tags].count("script") == 1
    assert [name for _, given in shown.tags for name in given if name.startswith("on")] == []
    for id_ in map(int, shown.with_("data-deal")):
        assert mock.world.deals[id_].name in shown.text


def test_the_page_loads_only_its_own_files(mock: Api) -> None:
    shown = page_of(mock)
    addresses = [*shown.with_("src"), *shown.with_("href")]
    assert [each for each in addresses if ":" in each or each.startswith("//")] == ["data:,"]
    for name, kind in FILES.items():
        answer = mock.client.get(f"/worlds/base/__admin/{name}")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        assert not re.search(r"""url\(|https?://|["'`(]//""", answer.text)


def test_the_page_may_be_neither_framed_nor_stored(mock: Api) -> None:
    headers = mock.client.get("/__admin/").headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["", "console.css", "console.js", "journal.js", "events"])
def test_it_is_as_closed_as_the_rest(name: str) -> None:
    for path in (f"/__admin/{name}", f"/worlds/base/__admin/{name}"):
        assert status_for("192.168.1.7", path) == 403
    if name != "events":  # which would not end here
        assert status_for("127.0.0.1", f"/__admin/{name}") == 200


@pytest.mark.parametrize("name", ["", "console.css", "events"])
def test_the_page_is_only_read(controls: Controls, name: str) -> None:
    answer = controls.send("POST", f"/{name}", {})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize("name", ["/console", "/console.html", "/page.html", "//", "/../page.py", "/events/"])
def test_nothing_else_of_it_is_served(controls: Controls, name: str) -> None:
    assert controls.send("GET", name).status_code == 404


def test_a_world_without_anything_has_a_page_too(start: Any) -> None:
    shown = page_of(start(build_mock(fixture="empty", now=NOW).world))
    assert "No fault is switched on" in shown.text
