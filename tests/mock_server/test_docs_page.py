"""The docs page and the contract as served: complete, local and the same as the file."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.mock_server.conftest import PEOPLE, Api, contract

FILE = Path(__file__).parents[2] / "openapi" / "deals.yaml"


class Links(HTMLParser):
    """Everything that a page loads or links to."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href"):
                (self.links if tag == "a" else self.loaded).append(value or "")


@pytest.fixture
def stranger(reader: Api) -> Api:
    """Somebody without a token."""
    return reader.as_("nobody")


@pytest.fixture
def page(stranger: Api) -> str:
    answer = stranger.send("GET", "/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


@pytest.fixture
def links(page: str) -> Links:
    found = Links()
    found.feed(page)
    return found


def test_the_front_door_leads_to_the_docs(stranger: Api, page: str) -> None:
    assert stranger.send("GET", "/").text == stranger.send("GET", "/docs/").text == page


def test_everything_that_the_page_loads_or_links_is_served_here(stranger: Api, links: Links) -> None:
    assert [path for path in links.loaded if path.endswith(".js")]
    assert [path for path in links.loaded if path.endswith(".css")]
    views = {f"/openapi.json?view={view}" for view in ("documented", "full")}
    assert {"/openapi.yaml", "/docs/control"} | views == set(links.links)
    for path in [*links.loaded, *links.links]:
        answer = stranger.send("GET", path)
        assert answer.status_code == 200, path
        assert len(answer.content) > 100


def test_the_page_names_no_address_outside(page: str) -> None:
    assert not re.findall(r"""["'(](?:https?:)?//""", page)


def test_the_styles_load_nothing_from_outside(stranger: Api, links: Links) -> None:
    (css,) = [path for path in links.loaded if path.endswith(".css")]
    urls = re.findall(r"url\(([^)]*)\)", stranger.send("GET", css).text)
    assert [url for url in urls if not url.strip("\"'").startswith("data:")] == []


def test_the_page_has_a_working_token_for_each_role(stranger: Api, page: str) -> None:
    (people,) = re.findall(r"new Map\((\[.*?\])\);", page)
    tokens = dict(json.loads(people))
    assert list(tokens) == ["Ada Keller (admin)", "Marcus Oyelaran (manager)", "Riley Chen (rep)"]
    assert len(tokens) == len(PEOPLE)
    for token in tokens.values():
        answer = stranger.send("GET", "/api/deals/stages", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def test_the_page_tries_requests_on_the_mock_itself(stranger: Api, page: str) -> None:
    assert 'url: "/docs/contract.json"' in page
    tried = stranger.send("GET", "/docs/contract.json").json()
    assert tried["servers"][0]["url"] == "/api"
    assert {**tried, "servers": None} == {**contract().annotated, "servers": None}


def test_the_contract_is_served_as_the_file_that_it_is(stranger: Api) -> None:
    answer = stranger.send("GET", "/openapi.yaml")
    assert answer.content == FILE.read_bytes()
    assert answer.headers["content-type"].startswith("application/yaml")


def test_the_contract_as_json_says_the_same(stranger: Api) -> None:
    answer = stranger.send("GET", "/openapi.json")
    assert {**answer.json(), "servers": None} == {**contract().document, "servers": None}
    assert answer.headers["content-type"] == "application/json"


VIEWS = {
    "documented": contract().documented,
    "full": contract().full,
    "annotated": contract().annotated,
}


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_an_address_in_both_forms(stranger: Api, view: str) -> None:
    as_json = stranger.send("GET", f"/openapi.json?view={view}").json()
    as_yaml = stranger.send("GET", f"/openapi.yaml?view={view}")
    assert {**as_json, "servers": None} == {**VIEWS[view], "servers": None}
    assert yaml.safe_load(as_yaml.content) == as_json
    assert as_yaml.headers["content-type"].startswith("application/yaml")


@pytest.mark.parametrize("file", ["openapi.json", "openapi.json?view=full", "openapi.yaml?view=documented"])
def test_what_reads_the_contract_elsewhere_aims_at_this_mock(stranger: Api, file: str) -> None:
    headers = {"Host": "localhost:4010", "Origin": "https://elsewhere.example"}
    answer = stranger.send("GET", f"/{file}", headers=headers)
    document = yaml.safe_load(answer.content)  # JSON is YAML
    assert document["servers"][0]["url"] == "http://localhost:4010/api"
    assert answer.headers["access-control-allow-origin"] == "https://elsewhere.example"


@pytest.mark.parametrize("file", ["openapi.json", "openapi.json?view=full", "openapi.yaml?view=documented"])
def test_below_the_base_url_of_a_world_the_contract_aims_at_that_world(stranger: Api, file: str) -> None:
    headers = {"Host": "localhost:4010", "Origin": "https://elsewhere.example"}
    answer = stranger.send("GET", f"/worlds/mine/{file}", headers=headers)
    document = yaml.safe_load(answer.content)
    assert document["servers"][0]["url"] == "http://localhost:4010/worlds/mine/api"
    assert answer.headers["access-control-allow-origin"] == "https://elsewhere.example"


@pytest.mark.parametrize("start", ["/worlds/mine/docs", "/worlds/mine/docs/control"])
def test_the_pages_of_a_world_stay_in_it(stranger: Api, start: str) -> None:
    answer = stranger.send("GET", start)
    assert answer.status_code == 200
    found = Links()
    found.feed(answer.text)
    for path in found.links:
        assert path.startswith("/worlds/mine/")
        assert stranger.send("GET", path).status_code == 200, path
    (tried,) = re.findall(r'url: "([^"]*)"', answer.text)
    (server, *_) = stranger.send("GET", tried).json()["servers"]
    assert server["url"] == "/worlds/mine" + ("/__admin" if start.endswith("control") else "/api")


@pytest.mark.parametrize("file", ["/openapi.json", "/openapi.yaml"])
def test_a_view_that_there_is_not_is_refused_with_those_that_there_are(stranger: Api, file: str) -> None:
    answer = stranger.send("GET", f"{file}?view=nice")
    assert (answer.status_code, answer.json()) == (
        400,
        {"success": False, "message": "view must be one of documented, full, annotated"},
    )


@pytest.mark.parametrize(
    "path", ["/docs/assets/nothing.js", "/docs/assets/../../x", "/docs/nothing", "/nothing"]
)
def test_what_is_not_there_has_the_documented_error(stranger: Api, path: str) -> None:
    answer = stranger.send("GET", path)
    assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Not found"})


def test_the_control_side_can_be_browsed_too(stranger: Api) -> None:
    answer = stranger.send("GET", "/docs/control")
    assert answer.status_code == 200
    found = Links()
    found.feed(answer.text)
    for path in [*found.loaded, *found.links]:
        assert stranger.send("GET", path).status_code == 200, path
    assert '"/docs/control.json"' in answer.text
    assert "eyJ" not in answer.text  # it needs no token
    assert stranger.send("GET", "/docs/control.json").json()["servers"][0]["url"] == "/__admin"
