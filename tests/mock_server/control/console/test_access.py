"""The console is for everybody: by keyboard, on a phone, in dark and light, with a screen reader."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.mock_server.control.console.conftest import Console

PHONE = {"width": 390, "height": 844}
SCHEMES = ("light", "dark")


def test_everything_is_reached_by_keyboard(console: Console) -> None:
    page = console.page
    console.call("DELETE", "/deals/10")
    expect(page.locator("#deal-10")).to_have_count(0)
    wanted = set(page.evaluate(CONTROLS))
    reached = set()
    for _ in range(len(wanted) + 40):  # parts of a date are stops of their own, and what scrolls is one
        page.keyboard.press("Tab")
        name, is_seen = page.evaluate(STOP)
        assert is_seen or not name, name
        reached.add(name)
    assert wanted - reached == set()


# All that one can use, and what has the focus, with whether one sees that it has it.
NAMED = "(element) => element.outerHTML.slice(0, 200)"
CONTROLS = f"""() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select")]
    .filter((each) => each.checkVisibility()).map({NAMED})"""
STOP = f"""() => {{
    const style = getComputedStyle(document.activeElement);
    const name = document.activeElement === document.body ? "" : ({NAMED})(document.activeElement);
    return [name, style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
}}"""


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
    console.section("Worlds").get_by_role("combobox", name="Fixture", exact=True).select_option("nasty")
    console.press("Load fixture")
    expect(console.page.get_by_text("Loaded")).to_be_visible()
    console.call("POST", "/deals", {"name": "W" * 200, "stage_id": 1, "notes": "N" * 2000})
    console.call("GET", f"/deals?search={'x' * 500}")
    expect(console.requests()).to_have_count(2)
    assert console.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize(
    "console", [{"color_scheme": scheme} for scheme in SCHEMES], indirect=True, ids=SCHEMES
)
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
        const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        if (!text.some((node) => node.data.trim()) || !element.checkVisibility()) continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) faint.push([element.outerHTML.slice(0, 80), ratio]);
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
