"""The bodies of a request in the console's journal."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from tests.mock_server.control.console.conftest import Console


def test_a_request_shows_its_bodies(console: Console) -> None:
    console.call("PUT", "/deals/10", {"name": "<b>Refit</b>", "stage_id": 3})
    entry = console.requests().first
    expect(entry.locator("pre")).to_have_count(0)
    entry.locator("summary").click()
    sent, answered = (
        entry.get_by_role("group", name="Request body"),
        entry.get_by_role("group", name="Response body"),
    )
    expect(sent.locator("pre")).to_have_text('{\n  "name": "<b>Refit</b>",\n  "stage_id": 3\n}')
    expect(answered.locator("pre")).to_contain_text('    "name": "<b>Refit</b>",\n')
    console.call("GET", "/deals/1")  # what is open stays open
    expect(console.requests()).to_have_count(2)
    expect(console.requests().last.locator("pre")).to_have_count(2)


def test_bodies_are_opened_by_the_keyboard(console: Console) -> None:
    console.call("GET", "/deals/10")
    summary = console.requests().first.locator("summary")
    summary.focus()
    console.page.keyboard.press("Enter")
    expect(console.requests().first).to_contain_text("No body")  # of the request
    expect(console.requests().first.locator("pre")).to_contain_text('"id": 10')
    console.page.keyboard.press("Enter")
    expect(console.requests().first.locator("pre")).not_to_be_visible()
    console.page.keyboard.press("Tab")
    console.page.keyboard.press("Shift+Tab")
    expect(summary).to_be_focused()


def test_a_long_body_is_cut_and_says_so(console: Console) -> None:
    console.call("GET", "/deals?per_page=100")
    entry = console.requests().first
    entry.locator("summary").click()
    expect(entry.locator("pre")).to_have_text(re.compile(r"^\{[\s\S]{19000,21000}$"))
    expect(entry).to_contain_text(re.compile(r"… and [\d,]+ more characters"))


def test_bodies_that_are_gone_are_told(console: Console) -> None:
    console.call("GET", "/deals/10")
    entry = console.requests().first
    expect(entry).to_contain_text("/deals/10")
    store = console.world.mock.worlds.get(console.world.name)
    assert store
    store.journal.shrink()
    store.journal.shrink()
    entry.locator("summary").click()
    expect(entry).to_contain_text("There is no request 1 in the journal")


def test_a_request_shows_its_path_as_it_was_asked(console: Console) -> None:
    httpx.get(
        f"{console.world.mock.url}/worlds/{console.world.name}/api/deals/10", headers=console.world.headers()
    )
    console.requests().first.locator("summary").click()
    expect(console.requests().first).to_contain_text(f"/worlds/{console.world.name}/api/deals/10")
