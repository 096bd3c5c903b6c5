"""The console in a real browser: Debian's Chromium, driven by Playwright.

Nothing here measures time: `expect` waits for what must appear, for some seconds at most.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Request, expect, sync_playwright

from mock_server.testing import MockWorld, RunningMock, running_mock
from tests.mock_server.conftest import NOW

CHROMIUM = shutil.which("chromium")
PHONE = {"width": 390, "height": 844}
SCHEMES = ("light", "dark")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served() -> Iterator[RunningMock]:
    with running_mock(deals=60, now=NOW) as mock:
        yield mock


@dataclass
class Console:
    """The console of one world, in a window of its own."""

    world: MockWorld
    page: Page

    def open(self) -> None:
        """Open the page, and wait until it hears of news."""
        self.page.goto(f"{self.world.control_url}/")
        expect(self.page.get_by_text("Live", exact=True)).to_be_visible()

    def press(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).click()

    def section(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def requests(self) -> Locator:
        """The requests in the journal, the latest first."""
        return self.page.get_by_role("log").locator(".entry")

    def call(self, method: str, path: str, body: Any = None, role: str = "admin") -> httpx.Response:
        """A request by another client."""
        content = {} if body is None else {"json": body}
        url, headers = self.world.api_url + path, self.world.headers(role)
        return httpx.request(method, url, headers=headers, **content)


@pytest.fixture
def console(served: RunningMock, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Console]:
    """The console of a world of this test; it may complain of nothing, and ask nobody else."""
    options = getattr(request, "param", {})
    name = re.sub(r"\W+", "-", request.node.name)[-40:].strip("-_")
    world = served.in_world(name)
    httpx.post(f"{served.url}/__admin/worlds/{name}", json={"from": "base"}).raise_for_status()
    complaints: list[str] = []
    elsewhere: list[str] = []

    def ask(sent: Request) -> None:
        if not sent.url.startswith((served.url, "data:")):
            elsewhere.append(sent.url)

    with browser.new_context(**options) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda told: complaints.append(told.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", ask)
        page.on("dialog", lambda dialog: _unexpected(dialog, complaints))
        console = Console(world, page)
        console.open()
        yield console
        # What the mock refuses on purpose is told in the page; browsers report it, too.
        assert [each for each in complaints if "Failed to load resource" not in each] == []
        assert elsewhere == []


def _unexpected(dialog: Dialog, complaints: list[str]) -> None:
    complaints.append(dialog.message)
    dialog.dismiss()


def test_a_write_by_another_client_appears(console: Console) -> None:
    console.call("POST", "/deals", {"name": "Harbour Lighting", "stage_id": 2, "value": 82_500}, "manager")
    entry = console.requests().first
    expect(entry).to_contain_text("POST/api/deals201")
    expect(entry).to_contain_text("manager@revorbit.example")
    expect(entry).to_contain_text("deals 61 added: Harbour Lighting")
    expect(console.section("Board").get_by_role("button", name="Harbour Lighting")).to_be_visible()
    expect(console.page.locator("#state")).to_contain_text("61 deals")


def test_a_change_shows_what_was_before(console: Console) -> None:
    console.call("PUT", "/deals/10/stage", {"stage_id": 4})
    expect(console.requests().first).to_contain_text("stage_id 3 → 4")
    lane = console.page.locator(".lane", has_text="Negotiation")
    expect(lane.get_by_role("button", name="Acme Enterprise License")).to_be_visible()


def test_undo_takes_a_change_back_and_redo_repeats_it(console: Console) -> None:
    console.call("DELETE", "/deals/10")
    deal = console.page.locator("#deal-10")
    expect(deal).to_have_count(0)
    console.press("Undo")
    expect(deal).to_have_count(1)
    expect(console.page.locator("#state")).to_contain_text("0 changes, 1 undone")
    console.press("Redo")
    expect(deal).to_have_count(0)
    console.press("Reset")
    expect(deal).to_have_count(1)


def test_undo_by_another_client_appears(console: Console) -> None:
    console.call("DELETE", "/deals/10")
    expect(console.page.locator("#deal-10")).to_have_count(0)
    httpx.post(f"{console.world.control_url}/undo").raise_for_status()
    expect(console.page.locator("#deal-10")).to_have_count(1)


def test_an_error_is_shown_where_the_button_was(console: Console) -> None:
    console.press("Undo")
    travel = console.page.get_by_role("form", name="Time travel")
    expect(travel.get_by_role("status")).to_have_text("There is no change to undo")
    snapshots = console.section("Snapshots")
    snapshots.get_by_label("Name").fill("no name!")
    console.press("Save", snapshots)
    expect(snapshots.get_by_role("status").first).to_contain_text("A name has 1 to 64 letters")


def test_a_fault_shows_in_the_next_request_and_can_be_switched_off(console: Console) -> None:
    trouble = console.section("Trouble")
    trouble.get_by_label("Operation").select_option("getDeal")
    console.press("Error 500", trouble)
    expect(trouble.get_by_text("so far to 0 requests")).to_be_visible()
    assert console.call("GET", "/deals/10").status_code == 500
    expect(console.requests().first).to_contain_text("GET/api/deals/10500")
    expect(trouble.get_by_text("so far to 1 request")).to_be_visible()
    console.press("Switch off fault 1", trouble)
    expect(trouble.get_by_text("No fault is switched on")).to_be_visible()
    assert console.call("GET", "/deals/10").status_code == 200


@pytest.mark.parametrize(
    ("button", "fault"),
    [
        ("Delay 800 ms", {"delay": 800}),
        ("Cut connection", {"cut": "connection"}),
        ("Cut body", {"cut": "body"}),
        ("Limit 1/s", {"limit": 1}),
    ],
)
def test_the_common_faults_have_a_button(console: Console, button: str, fault: dict[str, Any]) -> None:
    console.press(button)
    expect(console.section("Trouble").get_by_text("all operations")).to_be_visible()
    (active,) = httpx.get(f"{console.world.control_url}/faults").json()["data"]
    assert active | fault == active


def test_a_snapshot_is_saved_and_restored(console: Console) -> None:
    snapshots = console.section("Snapshots")
    snapshots.get_by_label("Name").fill("before")
    console.press("Save", snapshots)
    expect(snapshots.get_by_text("before", exact=True)).to_be_visible()
    console.call("DELETE", "/deals/10")
    expect(console.page.locator("#deal-10")).to_have_count(0)
    console.press("Restore before")
    expect(console.page.locator("#deal-10")).to_have_count(1)
    console.press("Delete before")
    expect(snapshots.get_by_text("No snapshot yet")).to_be_visible()


def test_the_clock_is_set_frozen_and_advanced(console: Console) -> None:
    clock, state = console.section("Clock"), console.page.locator("#state")
    clock.get_by_label("Time (UTC)").fill("2026-03-01T08:30")
    console.press("Set", clock)
    expect(state).to_contain_text("2026-03-01 08:30:00 UTC")
    console.press("+31 days", clock)
    expect(state).to_contain_text("2026-04-01 08:30:00 UTC")
    console.press("Run", clock)
    expect(state.get_by_text("frozen")).to_have_count(0)
    expect(state).to_contain_text("2026-04-01 08:30:02")  # it goes on by itself
    console.press("Freeze", clock)
    expect(state.get_by_text("frozen")).to_be_visible()


def test_a_world_begins_anew_as_a_fixture(console: Console) -> None:
    worlds = console.section("Worlds")
    worlds.get_by_label("Fixture").select_option("empty")
    console.press("Begin anew", worlds)
    expect(console.page.locator("#state")).to_contain_text("0 deals")


def test_worlds_are_created_opened_and_deleted(console: Console) -> None:
    page, own = console.page, console.world.name
    console.call("DELETE", "/deals/10")
    console.section("Worlds").get_by_label("New world").fill("quite-another")
    console.press("Create")
    expect(page).to_have_url(re.compile("/worlds/quite-another/__admin/$"))
    expect(page.locator("#deal-10")).to_have_count(1)
    console.section("Worlds").get_by_label("World", exact=True).select_option(own)
    console.press("Open")
    expect(page).to_have_url(re.compile(f"/worlds/{own}/__admin/$"))
    expect(page.locator("#deal-10")).to_have_count(0)
    console.press("Delete", console.section("Worlds"))
    expect(page).to_have_url(re.compile("/worlds/base/__admin/$"))
    assert own not in console.world.mock.worlds.names


def test_a_page_whose_world_is_deleted_says_so(console: Console) -> None:
    httpx.delete(f"{console.world.mock.url}/__admin/worlds/{console.world.name}").raise_for_status()
    expect(console.page.get_by_text("This world was deleted")).to_be_visible()
    assert console.world.name not in console.world.mock.worlds.names


def test_a_token_is_copied_and_valid(console: Console) -> None:
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    console.press("Copy the token of Riley Chen")
    expect(console.page.get_by_text("The token of Riley Chen is copied.")).to_be_visible()
    token = console.page.evaluate("navigator.clipboard.readText()")
    answer = httpx.get(f"{console.world.api_url}/deals", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


def test_a_deal_explains_its_risk(console: Console) -> None:
    deal = json.loads(console.call("GET", "/deals/10").text)["data"]
    console.page.locator("#deal-10").click()
    dialog = console.page.get_by_role("dialog", name=deal["name"])
    expect(dialog.get_by_text(f"has a risk of {deal['risk']['risk_score']} of 100")).to_be_visible()
    for factor in deal["risk"]["risk_factors"]:
        expect(dialog.get_by_role("row", name=factor["label"])).to_contain_text(factor["detail"])
    console.press("Close", dialog)
    expect(dialog).not_to_be_visible()


def test_a_stream_that_broke_continues_where_it_ended(console: Console) -> None:
    console.call("GET", "/deals/10")
    expect(console.requests()).to_have_count(1)
    console.page.context.set_offline(True)  # new connections fail; the page shows what it had
    console.page.evaluate("source.close()") if False else None
    console.call("GET", "/deals/11")
    console.page.context.set_offline(False)
    expect(console.requests()).to_have_count(2)
    expect(console.requests().first).to_contain_text("/api/deals/11")


def test_hostile_names_are_text(console: Console) -> None:
    name = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e"
    console.call("POST", "/deals", {"name": name, "stage_id": 1, "notes": "</ul>"})
    expect(console.requests().first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(console.section("Board")).to_contain_text("<script>alert(2)</script>")
    console.call("GET", "/deals?search=<img src=x onerror=alert(1)>")
    expect(console.requests()).to_have_count(2)
    assert console.page.locator("img").count() == 0
    console.section("Worlds").get_by_label("Fixture").select_option("nasty")
    console.press("Begin anew")
    expect(console.page.get_by_text("Begun anew")).to_be_visible()


# For everybody


def test_everything_is_reached_by_keyboard(console: Console) -> None:
    page = console.page
    console.call("DELETE", "/deals/10")
    expect(console.requests()).to_have_count(1)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select")]
            .filter((each) => each.checkVisibility()).length"""
    )
    reached = set()
    for _ in range(wanted + 40):  # parts of a date are stops of their own
        page.keyboard.press("Tab")
        stop, seen = page.evaluate(STOP)
        assert seen or stop is None, stop
        reached.add(stop)
    assert len(reached - {None}) == wanted


# The place of what has the focus among all elements, and whether one sees that it has it.
STOP = """() => {
    const at = document.activeElement;
    if (at === document.body) return [null, false];
    const style = getComputedStyle(at);
    return [[...document.querySelectorAll("*")].indexOf(at), style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
}"""


def test_undo_by_keyboard_alone(console: Console) -> None:
    console.call("DELETE", "/deals/10")
    expect(console.page.locator("#deal-10")).to_have_count(0)
    while console.page.evaluate("document.activeElement.textContent") != "Undo":
        console.page.keyboard.press("Tab")
    console.page.keyboard.press("Enter")
    expect(console.page.locator("#deal-10")).to_have_count(1)
    expect(console.page.get_by_role("button", name="Undo")).to_be_focused()


def test_news_leaves_the_focus_where_it_is(console: Console) -> None:
    deal = console.page.locator("#deal-10")
    deal.focus()
    console.call("PUT", "/deals/10/stage", {"stage_id": 1})
    expect(console.page.locator(".lane", has_text="Lead").locator("#deal-10")).to_be_focused()


@pytest.mark.parametrize("console", [{"viewport": PHONE}], indirect=True)
def test_nothing_is_wider_than_a_phone(console: Console) -> None:
    console.section("Worlds").get_by_label("Fixture").select_option("nasty")
    console.press("Begin anew")
    expect(console.page.get_by_text("Begun anew")).to_be_visible()
    console.call("POST", "/deals", {"name": "W" * 200, "stage_id": 1, "notes": "N" * 2000})
    console.call("GET", f"/deals?search={'x' * 500}")
    expect(console.requests()).to_have_count(2)
    assert console.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("console", [{"color_scheme": scheme} for scheme in SCHEMES], indirect=True, ids=SCHEMES)
def test_texts_stand_out_from_what_is_behind_them(console: Console, request: pytest.FixtureRequest) -> None:
    console.call("DELETE", "/deals/10")
    console.call("PUT", "/deals/11/stage", {"stage_id": 4})
    console.call("PUT", "/deals/12", {"value": -1})
    console.press("Error 500")
    assert console.call("GET", "/deals/10").status_code == 500
    expect(console.requests()).to_have_count(4)
    console.press("Undo")
    expect(console.page.get_by_text("Undone", exact=True)).to_be_visible()
    # The colour of a card that has just changed fades.
    console.page.emulate_media(reduced_motion="reduce")
    faint = console.page.evaluate(CONTRASTS)
    assert faint == []
    background = console.page.evaluate("getComputedStyle(document.body).backgroundColor")
    is_dark = sum(map(int, re.findall(r"\d+", background))) < 3 * 128
    assert is_dark == (request.node.callspec.id == "dark")


# Every text whose contrast is less than 4.5 (WCAG 2, AA), with its ratio.
CONTRASTS = """() => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = parts(color).map((each) => each / 255)
            .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const color = getComputedStyle(element).backgroundColor;
        const seen = parts(color)[3] !== 0;
        return seen || !element.parentElement ? color : behind(element.parentElement);
    };
    const faint = [];
    for (const element of document.body.querySelectorAll("*")) {
        const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!own || !element.checkVisibility()) continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) faint.push([element.className || element.tagName, element.textContent.slice(0, 40), ratio]);
    }
    return faint;
}"""


def test_every_control_has_a_name_and_every_part_a_heading(console: Console) -> None:
    nameless = console.page.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), select")]
            .filter((each) => !each.labels.length).map((each) => each.outerHTML)"""
    )
    assert nameless == []
    for landmark in ("banner", "main", "contentinfo"):
        expect(console.page.get_by_role(landmark)).to_have_count(1)
    for name in ("Board", "Journal", "People", "Worlds", "Clock", "Trouble", "Snapshots"):
        expect(console.section(name).get_by_role("heading", name=name)).to_be_visible()
