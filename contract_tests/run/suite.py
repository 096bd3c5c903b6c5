"""One run against one server: opens it, tests it, cleans up and closes it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import cached_property
from typing import Final

from contract_tests.client.cleanup import clean_up
from contract_tests.client.client import Client
from contract_tests.client.errors import HaltedError, NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.scene.scene import Scene
from contract_tests.settings.settings import Settings, refuse_unknown_names
from contract_tests.verdict.checks import PARTS
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.selection import Selection
from contract_tests.verdict.waivers import Names, Waivers
from deals_spec import Contract

PROBES: Final = ("listDealStages", "listDeals")  # every signed-in account may read these
REFUSED: Final = frozenset({401, 403})


class CouldNotRunError(Exception):
    """The server cannot be tested at all."""


class Suite:
    """A run: its settings, its client and what it has found."""

    def __init__(self, settings: Settings, *, rules: tuple[str, ...] = ()) -> None:
        self.settings = settings
        self.contract = Contract.load(settings.contract)
        refuse_unknown_names(settings, [*self.contract.operations, *self.contract.tags, *CHECKS, *rules])
        self.waivable = Names({*rules} - {*PARTS}, self.contract.operations) if rules else None
        self.run_id = f"dc-{secrets.token_hex(3)}"  # used only in names: no verdict depends on it
        self.client = Client(settings, self.contract, self.run_id)
        self.recorder = Recorder(
            self.contract,
            seed=settings.seed,
            strict=settings.strict,
            selection=Selection(settings.only, settings.skip),
            waivers=Waivers.load(settings.waivers, names=self.waivable) if settings.waivers else None,
            redact=self.client.redact,
        )
        self.client.observers.append(self._observe)
        self.left: list[str] = []  # what could not be cleaned up
        self.endings: list[Callable[[], None]] = []  # called before the clean-up
        self.interrupted = False
        self.on_interrupt: Callable[[], None] = lambda: None
        self.partly = ""  # why not everything was tested
        self.lost = ""  # why the run could not be completed
        self._opened = False
        self.seconds = 0.0
        self.first_violation_after: float | None = None
        self._started = time.monotonic()
        self._closed = False

    @cached_property
    def scene(self) -> Scene:
        """What the laws work with."""
        return Scene(self.client)

    def open(self) -> None:
        """Sign in if asked to, and check that the server can be tested; only the first call has an effect."""
        if self._opened:
            return
        self._opened = True
        if self.settings.max_time is not None:
            self.client.stop.deadline = time.monotonic() + self.settings.max_time
        try:
            self._sign_in()
            self._probe()
            self._probe_people()
        except UnreachableError as error:
            raise CouldNotRunError(f"cannot reach the server: {error}") from error
        except HaltedError:  # -x, and one of these first requests showed a violation
            return
        except NoResponseError as error:
            raise CouldNotRunError(str(error)) from error

    def interrupt(self) -> None:
        """Mark the run as interrupted and announce it."""
        if not self.interrupted:
            self.interrupted = True
            self.on_interrupt()

    def alive(self) -> bool:
        """Whether the server still responds; if not, the run is over."""
        try:
            self.client.call(self._probes[0], observe=False)
        except UnreachableError as error:
            self.lost = self.client.stop.halted = f"the server stopped responding: {error}"
            return False
        return True

    def crashed(self, what: str, error: Exception) -> None:
        """Record a bug in the suite, which is no verdict about the server."""
        text = self.client.redact(f"{type(error).__name__}: {error}")
        self.recorder.not_judged(what, "", f"internal error: {text}")
        self.lost = self.lost or f"internal error in {what}"

    def close(self) -> None:
        """Clean up and complete the record; only the first call has an effect."""
        if self._closed:
            return
        self._closed = True
        self.partly = self._narrowed()
        try:
            for end in self.endings:
                end()
            left = clean_up(self.client)
        except KeyboardInterrupt:
            self.interrupted = True
            left = [f"{kind} {id}: not deleted (interrupted)" for kind, id, _ in self.client.left()]
        self.left = [self.client.redact(each) for each in left]
        self.recorder.close(complete=not self.partly)
        self.seconds = time.monotonic() - self._started
        if self.recorder.first_violation_at is not None:
            self.first_violation_after = self.recorder.first_violation_at - self._started

    def _narrowed(self) -> str:
        """Why not everything was tested."""
        reasons = {
            "interrupted": self.interrupted,
            self.lost: self.lost,
            self.client.stop.halted: self.client.stop.halted,
            "--max-time": self.out_of_time,
            "--read-only": self.settings.read_only,
            "--only": self.settings.only,
            "--skip": self.settings.skip,
            "--har": self.settings.har,
        }
        return ", ".join(reason for reason, holds in reasons.items() if holds)

    @property
    def out_of_time(self) -> bool:
        """Whether the time limit has been reached."""
        return self.client.stop.passed()

    @property
    def exit_status(self) -> int:
        """0 conforms, 1 does not conform, 2 did not run to completion."""
        if self.interrupted:
            return 2
        if self.recorder.failing():
            return 1
        return 2 if self.lost else 0

    def _observe(self, exchange: Exchange) -> None:
        self.recorder.observe(exchange)
        self.halt_if_asked()

    def halt_if_asked(self) -> None:
        """With `-x`, send nothing more after the first violation."""
        if self.settings.stop_early and self.recorder.failing():
            self.client.stop.halted = "stopped at the first violation (-x)"

    def _sign_in(self) -> None:
        if not self.settings.email:
            return
        if self.settings.read_only:
            reason = "signing in is a POST request, which --read-only forbids"
            self.recorder.not_judged("sign-in", "login", reason)
            return
        body = {"email": self.settings.email, "password": self.settings.password}
        exchange = self.client.call("login", as_="nobody", json=body)
        token = exchange.json.get("token") if isinstance(exchange.json, dict) else None
        if not exchange.ok or not isinstance(token, str) or not token:
            self._no_token(exchange)
        elif self.settings.token is None:
            self.client.signed_in("me", token)

    def _no_token(self, exchange: Exchange) -> None:
        """The sign-in failed: because of the credentials, or because of the server."""
        failed = f"sign-in as {self.settings.email} failed: /auth/login returned {exchange.status}"
        if exchange.status in {400, 401, 403, 404, 422}:
            raise CouldNotRunError(failed)
        if self.settings.token is None:
            raise CouldNotRunError(f"{failed} without a token")
        self.recorder.add(_signed_in_without_token(exchange, self.settings.seed))

    @cached_property
    def _probes(self) -> list[str]:
        """The probes that the contract in use has."""
        found: list[str] = [operation for operation in PROBES if operation in self.contract.operations]
        if not found:
            raise CouldNotRunError(f"the contract has none of the operations {', '.join(PROBES)}")
        return found

    def _probe(self) -> None:
        """Check that this is the API and accepts the token; one failing response alone proves nothing."""
        responses = [self.client.call(operation) for operation in self._probes]
        url = self.client.base_url
        statuses = {response.status for response in responses}
        if statuses <= REFUSED:
            raise CouldNotRunError(f"access denied: {url} returned {responses[0].status} for the token")
        if statuses == {404}:
            raise CouldNotRunError(f"no Deals API at {url}: {responses[0].path} returned 404{self._hint()}")
        if all(300 <= status < 400 for status in statuses):
            there = responses[0].headers.get("Location", "another location")
            raise CouldNotRunError(f"no Deals API at {url}: it redirects to {there}")

    def _hint(self) -> str:
        """Suggest the base path, which is easily forgotten."""
        path = self.contract.base_path
        if self.client.base_url.endswith(path):
            return ""
        response = self.client.send("GET", f"{path}/deals/stages", observe=False)
        return "" if response.status == 404 else f"; did you mean {self.client.base_url}{path}?"

    def _probe_people(self) -> None:
        for person in ("admin", "other"):
            if self.client.has(person):
                responses = [self.client.call(operation, as_=person) for operation in self._probes]
                if {response.status for response in responses} == {401}:
                    raise CouldNotRunError(f"access denied: the server rejected --{person}-token (401)")


def _signed_in_without_token(exchange: Exchange, seed: int) -> Finding:
    return Finding(
        kind=Kind.VIOLATION,
        rule="sign-in",
        operation="login",
        claim="signing in returns 200 and a token",
        basis='POST /auth/login → {"success": true, "token": "eyJ…", "user": {…}}',
        expected="200 and a token",
        received=f"status {exchange.status}",
        curl=exchange.curl(),
        seed=seed,
        exchanges=(exchange,),
    )
