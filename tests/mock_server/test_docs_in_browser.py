"""The docs page in a real browser: what a newcomer sees, and gets at the first click."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.testing import RunningMock, running_mock
from tests.mock_server.conftest import NOW


@pytest.fixture(scope="module")
def with_docs() -> Iterator[RunningMock]:
    with running_mock(deals=60, now=NOW) as mock:
        yield mock


@pytest.fixture(params=[(1280, "light"), (390, "dark")], ids=["wide and light", "narrow and dark"])
def list_deals(with_docs: RunningMock, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The docs page, open at List deals, in a wide window and in a narrow one."""
    width, scheme = request.param
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{with_docs.url}/docs#/Deals/listDeals")
        expect(page.get_by_role("button", name="Execute")).to_be_visible()
        yield page


def test_the_first_thing_that_anyone_tries_answers_25_deals(list_deals: Page) -> None:
    with list_deals.expect_response(lambda response: "/api/deals?" in response.url) as told:
        list_deals.get_by_role("button", name="Execute").click()
    answer = told.value.json()
    assert (told.value.status, len(answer["data"]), answer["total"]) == (200, 25, 60)
    shown = list_deals.locator(".live-responses-table")
    expect(shown).to_contain_text("Response body")
    expect(shown).to_contain_text(json.dumps(answer["data"][0]["name"]))


def test_the_page_says_what_is_a_guess(list_deals: Page) -> None:
    parameters = list_deals.locator("#operations-Deals-listDeals .parameters")
    expect(parameters).to_contain_text("Documented. The minimum 1 is our guess.")
    expect(list_deals.locator(".info")).to_contain_text("What this description rests on")


def test_nothing_is_cut_off_at_the_side(list_deals: Page) -> None:
    widths = list_deals.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


def test_the_page_is_light_or_dark_as_asked_and_follows_a_change(list_deals: Page) -> None:
    asked = list_deals.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert are_dark(list_deals) == {asked}
    list_deals.emulate_media(color_scheme="light" if asked else "dark")
    list_deals.wait_for_function(
        "dark => document.documentElement.classList.contains('dark-mode') === dark", arg=not asked
    )
    assert are_dark(list_deals) == {not asked}


def are_dark(page: Page) -> set[bool]:
    """Whether the page, the bar above it and an operation are dark, and the texts on them light."""
    found = set()
    for place in ("html", ".people", ".opblock.is-open .opblock-section-header"):
        ground, text = page.locator(place).first.evaluate(
            "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
        )
        if place != "html":
            found.add(_light(text) > 384)
        if not ground.endswith(", 0)"):  # nothing is painted, so it is white
            found.add(_light(ground) < 384)
    return found


def _light(color: str) -> float:
    return sum(float(part) for part in re.findall(r"[\d.]+", color)[:3])
