"""Take the screenshots in the README: `.venv/bin/python .ci/screenshot.py`."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from playwright.sync_api import sync_playwright

from deals_docs.cli import main as deals_docs
from mock_server.testing import MockWorld, running_mock

PICTURES = Path(__file__).resolve().parent.parent / "examples"
WINDOW = {"width": 1280, "height": 800}
LOW_WINDOW = {"width": 1280, "height": 640}


def work(world: MockWorld) -> None:
    """What somebody may have tried before: every kind of entry is in the journal."""

    def call(method: str, path: str, role: str = "admin", body: object = None) -> None:
        httpx.request(method, world.api_url + path, headers=world.headers(role), json=body)

    httpx.post(f"{world.control_url}/faults", json={"operation": "getDealStats", "status": 500})
    call("GET", "/deals?stage_ids=2,3&sort_by=value")
    call("GET", "/deals/stats")
    call("POST", "/deals", "manager", {"name": "Harbour Lighting Refit", "value": 82500, "stage_id": 2})
    call("PUT", "/deals/12", "rep", {"value": -5})
    call("PUT", "/deals/10/stage", "rep", {"stage_id": 4})


with running_mock(seed=59, now="2026-02-09T12:00:00Z") as mock, sync_playwright() as playwright:
    checkout = mock.in_world("checkout-test")
    work(checkout)
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport=WINDOW)
    page.goto(f"{checkout.control_url}/")
    page.get_by_text("Live", exact=True).wait_for()
    page.locator(".entry").last.wait_for()
    page.screenshot(path=PICTURES / "console.png")

    docs = browser.new_page(viewport=LOW_WINDOW)
    docs.goto(f"{mock.url}/docs#/Deals/listDeals")
    docs.get_by_role("button", name="Execute").wait_for()
    docs.locator("#operations-Deals-listDeals").evaluate("element => element.scrollIntoView()")
    docs.screenshot(path=PICTURES / "docs.png")

    with TemporaryDirectory() as folder:
        assert deals_docs(["build", folder]) == 0
        site = browser.new_page(viewport=LOW_WINDOW)
        site.goto(f"{Path(folder).as_uri()}/reference.html#tag/deals/listDeals")
        site.get_by_role("heading", name="List deals").wait_for()
        site.wait_for_timeout(2000)  # until it has scrolled there
        site.screenshot(path=PICTURES / "site.png")
    browser.close()
