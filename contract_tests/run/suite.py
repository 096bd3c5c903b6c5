"""One run against one server: opens it, tests it, cleans up and closes it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import cached_property

from contract_tests.client.cleanup import clean_up, keep, not_deleted
from contract_tests.client.client import Client
from contract_tests.client.errors import NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.run.opening import CouldNotRunError, Opening
from contract_tests.scene.scene import Scene
from contract_tests.settings.settings import Settings, refuse_unknown_names
from contract_tests.verdict.checks import PARTS
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.judging import CHECKS
from contract_tests.verdict.recorder import Recorder
from contract_tests.verdict.selection import Selection
from contract_tests.verdict.waivers import Names, Waivers
from deals_spec import Contract

__all__ = ["CouldNotRunError", "Suite"]


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
        self.kept: list[str] = []  # what --keep left on the server
        self._opening = Opening(self.client)
        self.endings: list[Callable[[], None]] = []  # called before the clean-up
        self.interrupted = False
        self.on_interrupt: Callable[[], None] = lambda: None
        self.partly = ""  # why not everything was tested
        self._crash = ""  # which part of the suite failed
        self._opened = False
        self.seconds = 0.0
        self.first_violation_after: float | None = None
        self._started = time.monotonic()
        self._closed = False

    @cached_property
    def scene(self) -> Scene:
        """What the laws work with."""
        scene = Scene(self.client)
        self.endings.append(scene.turns.end)
        return scene

    def open(self) -> None:
        """Sign in if asked to, and check that the server can be tested; only the first call has an effect."""
        if self._opened:
            return
        self._opened = True
        if self.settings.max_time is not None:
            self.client.stop.deadline = time.monotonic() + self.settings.max_time
        self._opening.run()
        if self._opening.not_signed_in:
            self.recorder.not_judged("sign-in", "login", self._opening.not_signed_in)
        if self._opening.tokenless:
            self.recorder.add(_signed_in_without_token(self._opening.tokenless, self.settings.seed))

    def interrupt(self) -> None:
        """Mark the run as interrupted and announce it."""
        if not self.interrupted:
            self.interrupted = True
            self.on_interrupt()

    def alive(self) -> bool:
        """Whether the server still responds; if not, the run is over."""
        try:
            for name in self._opening.probes[:1]:
                self.client.call(name, observe=False)
        except UnreachableError as error:
            self.client.stop.lose(f"the server stopped responding: {error}")
        except NoResponseError:
            return not self.lost
        return not self.lost

    def crashed(self, what: str, error: Exception) -> None:
        """Record a bug in the suite, which is no verdict about the server."""
        text = self.client.redact(f"{type(error).__name__}: {error}")
        self.recorder.not_judged(what, "", f"internal error: {text}")
        self._crash = self._crash or f"internal error in {what}"

    @property
    def lost(self) -> str:
        """Why the run could not be completed."""
        return self.client.stop.lost or self._crash

    def close(self) -> None:
        """Clean up and complete the record; only the first call has an effect."""
        if self._closed:
            return
        self._closed = True
        self.partly = self._narrowed()
        try:
            for end in self.endings:
                end()
            left = self._clean_up()
        except KeyboardInterrupt:
            self.interrupted = True
            self.client.stop.halted = "interrupted"
            self.client.transport.end_all()
            left = not_deleted(self.client.left(), "interrupted")
        self.left = [self.client.redact(each) for each in left]
        if self.left or self.kept:
            self.recorder.remark(how_to_remove(self.run_id))
        self.recorder.close(complete=not self.partly)
        self.seconds = time.monotonic() - self._started
        if self.recorder.first_violation_at is not None:
            self.first_violation_after = self.recorder.first_violation_at - self._started

    def _clean_up(self) -> list[str]:
        """Delete what was created, unless it is to be kept; returns what is left against the will."""
        if not self.settings.keep:
            return clean_up(self.client)
        self.kept, left = keep(self.client)
        return left

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
        """0 conforms, 1 does not conform, 2 did not run to completion or judged too little."""
        if self.interrupted:
            return 2
        if self.recorder.failing():
            return 1
        return 2 if self.lost or self.too_little else 0

    @property
    def judged_share(self) -> tuple[int, int]:
        """How many of the selected rules were judged, and how many are selected."""
        return self.recorder.share.counts

    @property
    def too_little(self) -> str:
        """Why too little was judged for a verdict; empty if enough was."""
        return self.client.redact(self.recorder.share.too_small(self.settings.min_judged))

    def _observe(self, exchange: Exchange) -> None:
        self.recorder.observe(exchange)
        self.halt_if_asked()

    def halt_if_asked(self) -> None:
        """With `-x`, send nothing more after the first violation."""
        if self.settings.stop_early and self.recorder.failing():
            self.client.stop.halted = "stopped at the first violation (-x)"


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


def how_to_remove(run_id: str) -> str:
    """How to delete later what a run has left."""
    return (
        f"To delete what is left, with the same server and account: deals-contract clean-up --run-id {run_id}"
    )
