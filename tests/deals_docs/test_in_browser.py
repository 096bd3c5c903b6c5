"""The site in a real browser, opened as files: readable, searchable, and on its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from deals_docs.site import PAGES

NARROW = {"width": 390, "height": 800}
WIDE = {"width": 1280, "height": 800}


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide and light", "narrow and dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window without a network; it may complain of nothing, and ask nobody else."""
    viewport, scheme = request.param
    complaints: list[str] = []
    with browser.new_context(viewport=viewport, color_scheme=scheme, offline=True) as context:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda sent: complaints.append(sent.url))
        page.on("request", lambda sent: complaints.extend([sent.url] if sent.url.startswith("http") else []))
        yield page
        assert complaints == []


def test_every_page_fits_its_window_and_is_light_or_dark_as_asked(site: Path, page: Page) -> None:
    for name in PAGES:
        page.goto((site / name).as_uri())
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], name
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (sum(ground[:3]) < 300) == dark, name


def test_the_reference_shows_an_operation_and_what_it_rests_on(site: Path, page: Page) -> None:
    page.goto(f"{(site / 'reference.html').as_uri()}#tag/deals/listDeals")
    expect(page.get_by_role("heading", name="List deals")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("The minimum 1 and the maximum 1000000000 are our guess.")).to_be_visible()


def test_the_search_finds_questions_laws_errors_and_operations(site: Path, page: Page) -> None:
    page.goto((site / "index.html").as_uri())
    results = page.get_by_role("region", name="Results")
    for words, kind in [
        ("scope default", "Question"),
        ("pages partition", "Law"),
        ("429", "Error"),
        ("updateDealTask", "Operation"),
    ]:
        page.get_by_role("searchbox").fill(words)
        expect(results.get_by_role("link").filter(has_text=kind).first).to_be_visible()
    page.get_by_role("searchbox").fill("nothing like this")
    expect(results).to_have_text("Nothing has all these words.")
    page.get_by_role("searchbox").fill("scope default")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions.html#q*")
    expect(page.locator(":target")).to_contain_text("The default company")


def test_printed_the_questions_have_a_line_for_each_answer(site: Path, page: Page) -> None:
    page.goto((site / "questions.html").as_uri())
    answer = page.locator("#q1 .answer")
    expect(answer).to_be_hidden()
    page.emulate_media(media="print")
    expect(answer).to_be_visible()
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
