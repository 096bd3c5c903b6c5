"""The console in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, Request, expect

from mock_server.testing import MockWorld, RunningMock, running_mock
from tests.mock_server.conftest import NOW


@pytest.fixture(scope="module")
def with_console() -> Iterator[RunningMock]:
    """The mock of all tests of a module, each in a world of its own."""
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
def console(with_console: RunningMock, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Console]:
    """The console of a world of this test; it may complain of nothing, and ask nobody else."""
    options = getattr(request, "param", {})
    name = re.sub(r"\W+", "-", request.node.name)[-40:].strip("-_")
    world = with_console.in_world(name)
    httpx.post(f"{with_console.url}/__admin/worlds/{name}", json={"from": "base"}).raise_for_status()
    complaints: list[str] = []
    elsewhere: list[str] = []

    def ask(sent: Request) -> None:
        if not sent.url.startswith((with_console.url, "data:")):
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
