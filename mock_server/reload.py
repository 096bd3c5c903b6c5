"""`--reload`: an edit of the contract or of the fixture is served at once.

The files are looked at a few times a second: two files need no more, and it works on every file system.
An edit is served if a mock could be started with it; otherwise the mock goes on as it is, and says why.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from deals_spec import ContractError
from deals_spec.places import line_of, located
from mock_server.contract import MockContract
from mock_server.contract_file import made_of_contract
from mock_server.past import Cause, Point
from mock_server.store import StoreState
from mock_server.worldfile import Fit, Problem, WorldFileError
from mock_server.worlds import Worlds

log = logging.getLogger(__name__)
PAUSE: Final = 0.2  # seconds between two looks


class EditError(ContractError):
    """An edit that no mock could be started with; says in one line where and why."""


class Switch:
    """The application that is served now; a request that has begun stays with the one it began with."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Watched:
    """A file of which edits are noticed; `held` is what it held, if that was read earlier."""

    def __init__(self, path: Path, held: bytes | None = None) -> None:
        self.path = path
        self._stamp: object = None
        self._content: bytes | None = None
        self._last = self._read()
        self._held = self._last if held is None else held

    def is_edited(self) -> bool:
        """Whether it holds something else than before; not yet, if it has changed since the last look."""
        last, self._last = self._last, self._read()
        if self._last != last or self._last == self._held:
            return False
        self._held = self._last
        return True

    def _read(self) -> bytes | None:
        try:
            stat = self.path.stat()
            stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
            if stamp != self._stamp:
                self._stamp, self._content = stamp, self.path.read_bytes()
        except OSError:  # gone, perhaps only until its editor has renamed another
            self._stamp = self._content = None
        return self._content


@dataclass
class Reloading:
    """Serves what is in the files; `make_app` and `make_start` do it as when the mock was started."""

    switch: Switch
    worlds: Worlds
    contract: MockContract
    contract_path: Path
    fixture_path: Path
    make_app: Callable[[MockContract], ASGIApp]
    make_start: Callable[[MockContract], Point]

    @property
    def line(self) -> str:
        """The greeting's line about it."""
        files = (located(path, None, "").rstrip(": ") for path in (self.contract_path, self.fixture_path))
        return f"Edits are served at once: {', '.join(files)}"

    def start(self) -> None:
        """Look at the files from now on."""
        files = Watched(self.contract_path, self.contract.source), Watched(self.fixture_path)
        Thread(target=self._keep_looking, args=files, name="reload", daemon=True).start()

    def _keep_looking(self, contract: Watched, fixture: Watched) -> None:
        while True:
            time.sleep(PAUSE)
            for file, reload in ((contract, self.reload_contract), (fixture, self.reload_fixture)):
                if file.is_edited():
                    _say(_done_or_why_not(reload))

    def reload_contract(self) -> str:
        """Serve the contract as it is in its file now; what came of it. Raises EditError if that is wrong."""

        def make(contract: MockContract) -> tuple[ASGIApp, Fit, Point | None]:
            fit = Fit(contract)
            new_base = self._made(contract) if _misfit(fit, self.worlds.base.state) else None
            return self.make_app(contract), fit, new_base

        try:
            contract, (app, fit, new_base) = made_of_contract(self.contract_path, make)
        except ContractError as error:
            raise EditError(str(error)) from error
        if new_base and (problem := fit.problem(new_base.world)):
            reason = f"the data that the mock was started with does not fit: {problem}"
            raise EditError(located(self.contract_path, None, reason))
        begun = self._begin_anew(fit, new_base)
        self.contract, self.switch.app = contract, app
        return f"{located(self.contract_path, None, 'serving the edit')}; {begun or 'all worlds are kept'}"

    def reload_fixture(self) -> str:
        """Begin the base world anew with the fixture as it is now; raises EditError if that is wrong."""
        self._begin_base(self._made(self.contract))
        return located(self.fixture_path, None, "the base world begins anew with the edit")

    def _made(self, contract: MockContract) -> Point:
        try:
            return self.make_start(contract)
        except WorldFileError as error:
            raise EditError(_located(self.fixture_path, error)) from error

    def _begin_anew(self, fit: Fit, new_base: Point | None) -> str:
        """Let the worlds that do not fit begin anew, the base world like this; which ones, and why."""
        begun = []
        for state in self.worlds.states:
            problem = _misfit(fit, state)
            if problem and state.name == self.worlds.base.name and new_base is not None:
                self._begin_base(new_base)
            elif problem:
                self.worlds.create(state.name, self.worlds.base.present)
            if problem:
                begun.append(f"world {state.name} begins anew ({problem})")
        return ", ".join(begun)

    def _begin_base(self, start: Point) -> None:
        base = self.worlds.base
        self.worlds.start = start
        base.begin_anew(start, Cause("reload", base.clock.now()))


def _done_or_why_not(reload: Callable[[], str]) -> str:
    try:
        return reload()
    except EditError as error:
        reason: Exception = error
    except Exception as error:  # no mistake of an edit ends the looking at the next one
        log.exception("An edit cannot be served")
        reason = error
    return f"{reason}; what was served before the edit still is"


def _misfit(fit: Fit, state: StoreState) -> Problem | None:
    """What does not fit in a world, in its beginning, or in a snapshot of it."""
    first = state.first.world
    problem = fit.problem(first)
    for point in state.points:
        problem = problem or fit.problem(point.world, first)
    return problem


def _located(path: Path, error: WorldFileError) -> str:
    """A mistake in a fixture with its line."""
    line = error.line
    if error.place:
        with suppress(OSError):
            line = line_of(path.read_bytes(), error.place)
    reason = str(error).removeprefix(f"{path.name}: ").removeprefix(f"line {error.line}: ")
    return located(path, line, reason)


def _say(line: str) -> None:
    with suppress(OSError):
        print(f"deals-mock: {line}", file=sys.stderr, flush=True)
