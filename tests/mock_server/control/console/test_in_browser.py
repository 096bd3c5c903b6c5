"""The console in a real browser: what one sees, and what its buttons do.

Nothing here measures time: `expect` waits for what must appear, for some seconds at most.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from mock_server.server import address_of, listen, serving
from mock_server.testing import build_mock
from tests.mock_server.conftest import NOW
from tests.mock_server.control.console.conftest import Console


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


def test_a_change_while_the_page_is_fetched_is_not_missed(console: Console) -> None:
    late: list[Route] = []

    def answer(route: Route) -> None:
        fetched = route.fetch()
        late.append(route)
        if len(late) == 1:  # what was fetched is out of date before the page has it
            console.call("DELETE", "/deals/11")
            time.sleep(1)  # until the page has heard of it
        route.fulfill(response=fetched)

    console.page.route(f"{console.world.control_url}/", answer)
    console.call("DELETE", "/deals/10")
    for id_ in (10, 11):
        expect(console.page.locator(f"#deal-{id_}")).to_have_count(0)


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
    trouble.get_by_role("combobox", name="Operation", exact=True).select_option("getDeal")
    console.press("Error 500", trouble)
    expect(trouble.get_by_text("in this world")).to_be_visible()
    assert console.call("GET", "/deals/10").status_code == 500
    expect(console.requests().first).to_contain_text("GET/api/deals/10500")
    expect(trouble.get_by_text("applied to 1 request so far")).to_be_visible()
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
    console.press("+28 days", clock)
    expect(state).to_contain_text("2026-03-29 08:30:00 UTC")
    console.press("Run", clock)
    expect(state.locator(".tag")).to_have_count(0)
    expect(state).not_to_contain_text("08:30:00")  # it goes on by itself
    console.press("Freeze", clock)
    expect(state.locator(".tag")).to_be_visible()


def test_a_world_begins_anew_as_a_fixture(console: Console) -> None:
    worlds = console.section("Worlds")
    worlds.get_by_role("combobox", name="Fixture", exact=True).select_option("empty")
    console.press("Load fixture", worlds)
    expect(console.page.locator("#state")).to_contain_text("0 deals")


def test_worlds_are_created_opened_and_deleted(console: Console) -> None:
    page, own = console.page, console.world.name
    console.call("DELETE", "/deals/10")
    console.section("Worlds").get_by_label("New world").fill("quite-another")
    console.press("Create")
    expect(page).to_have_url(re.compile("/worlds/quite-another/__admin/$"))
    expect(page.locator("#deal-10")).to_have_count(1)
    console.section("Worlds").get_by_role("combobox", name="World", exact=True).select_option(own)
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


def test_the_page_finds_the_mock_again_when_that_was_restarted(browser: Browser) -> None:
    first, second = build_mock(deals=5, now=NOW), build_mock(deals=7, now=NOW)
    with browser.new_context() as context, listen("127.0.0.1", 0) as listening:
        page, url = context.new_page(), address_of(listening)
        state, log = page.locator("#state"), page.get_by_role("log")
        with serving(first.app, listening):
            page.goto(f"{url}/__admin/")
            httpx.get(f"{url}/api/deals", headers=first.headers())
            expect(log.locator(".entry")).to_have_count(1)
        expect(page.get_by_text("Connecting again…")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("The mock does not answer")).to_be_visible()
        with listen("127.0.0.1", int(url.rpartition(":")[2])) as again, serving(second.app, again):
            expect(page.get_by_text("Live", exact=True)).to_be_visible()
            expect(state).to_contain_text("7 deals")
            expect(log.locator(".entry")).to_have_count(0)


def test_hostile_names_are_text(console: Console) -> None:
    name = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e"
    console.call("POST", "/deals", {"name": name, "stage_id": 1, "notes": "</ul>"})
    expect(console.requests().first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(console.section("Board")).to_contain_text("<script>alert(2)</script>")
    console.call("GET", "/deals?search=<img src=x onerror=alert(1)>")
    expect(console.requests()).to_have_count(2)
    assert console.page.locator("img").count() == 0
    console.section("Worlds").get_by_role("combobox", name="Fixture", exact=True).select_option("nasty")
    console.press("Load fixture")
    expect(console.page.get_by_text("Loaded")).to_be_visible()


def test_why_a_request_was_refused_is_shown(console: Console) -> None:
    httpx.get(f"{console.world.api_url}/deals?per_page=500", headers=console.world.headers())
    entry = console.requests().first
    expect(entry).to_contain_text("per_page must be at most 100")
    expect(entry).to_contain_text(re.compile(r"\(documented, deals\.yaml line \d+\) Did you mean 100\?"))


def test_a_defect_is_chosen_from_the_catalogue(console: Console) -> None:
    field = console.page.get_by_label("Defect from the catalogue")
    field.focus()
    expect(console.page.locator("#defects option[value=page-is-ignored]")).to_have_count(1)
    field.fill("page-is-ignored")
    console.section("Trouble").get_by_role("button", name="Switch on").click()
    expect(console.page.locator("#faults")).to_contain_text("defect page-is-ignored")
    pages = [
        httpx.get(
            f"{console.world.api_url}/deals?page={page}&per_page=5", headers=console.world.headers()
        ).json()
        for page in (1, 2)
    ]
    assert pages[0]["data"] == pages[1]["data"]


def test_a_colleague_waits_and_acts(console: Console) -> None:
    console.press("delete it")
    expect(console.page.locator("#colleagues")).to_contain_text("Somebody will delete a deal after")
    httpx.get(f"{console.world.api_url}/deals/10", headers=console.world.headers())
    expect(console.page.locator("#deal-10")).to_have_count(0)
    expect(console.requests().filter(has_text="DELETE")).to_contain_text("colleague")
    expect(console.page.locator("#colleagues li")).to_have_count(0)


def test_edge_cases_are_shown_and_taken_back(console: Console) -> None:
    console.press("scripts")
    expect(console.section("Board")).to_contain_text("عقد سنوي")
    console.press("Undo")
    expect(console.section("Board")).not_to_contain_text("عقد سنوي")
