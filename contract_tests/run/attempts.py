"""How often a law is judged before it counts as broken: others may be using the server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contract_tests.client.errors import UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.laws.law import Law
from contract_tests.run.rehearsal import Rehearsal
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.scene.others import others_at_work
from contract_tests.scene.scene import Scene
from contract_tests.verdict.recorder import Recorder

OTHERS_AT_WORK: Final = "deals or stages change between two reads: others are using the server"
ANOTHER_RUN: Final = "run {} is changing the same server"
REPEATED: Final = "a write was sent again after a break, and may have been applied twice"
PAUSES: Final = (0.0, 0.5, 2.0)  # seconds until the next attempt, each time others have been seen
WATCHED: Final = 2  # for how many times as long as the law takes the server is watched


@dataclass(frozen=True)
class Judgement:
    """The outcome of one or more attempts."""

    broken: Broken | None
    attempts: int
    trace: tuple[Exchange, ...]  # all exchanges of the last one
    rehearsal: Rehearsal | None = None  # judges the last one again


def broken_for_sure(
    law: Law, scene: Scene, recorder: Recorder, follows: Callable[[Broken], bool] = lambda _: False
) -> Judgement:
    """How the law is broken on fresh data, too, if others have no part in it.

    Once is enough if that `follows` from another finding: then it is not judged.

    Raises NotJudged if others are at work, and the law is about what they change.
    """
    attempts = _Attempts(law, scene, recorder)
    try:
        broken = attempts.next()
    except UnreachableError:
        broken = attempts.next()  # the connection may have been dropped once
    else:
        if broken and follows(broken):
            return Judgement(broken, attempts.made, attempts.trace, attempts.rehearsal)
        broken = broken and attempts.next()
    if broken and attempts.unsure:
        broken = attempts.next()
        if broken and attempts.unsure:
            raise NotJudged(REPEATED) from broken
    if broken and _concerns_others(law, scene):
        broken = _without_others(attempts, law, scene)
    return Judgement(broken, attempts.made, attempts.trace, attempts.rehearsal)


def _without_others(attempts: _Attempts, law: Law, scene: Scene) -> Broken | None:
    """How the law is broken at a time at which nobody else is at work."""
    for pause in PAUSES:
        _refuse_with_another_run(law, scene)
        if not others_at_work(scene.api, deals=not law.of_stages, seconds=WATCHED * attempts.seconds):
            broken = attempts.next()
            if broken is not None:
                _refuse_with_another_run(law, scene)
            return broken
        scene.client.stop.pause(pause)
        if attempts.next() is None:
            return None
    raise NotJudged(OTHERS_AT_WORK)


def _concerns_others(law: Law, scene: Scene) -> bool:
    """Whether others could be to blame: a read-only run has no deals of its own."""
    return law.of_all or bool(law.of_stages) or scene.client.settings.read_only


def _refuse_with_another_run(law: Law, scene: Scene) -> None:
    among_others = law.of_all or (law.of_stages and not scene.turns.held)
    if among_others and (run := scene.turns.another_run()):
        raise NotJudged(ANOTHER_RUN.format(run))


class _Attempts:
    """Judges a law again and again, each time on fresh data."""

    def __init__(self, law: Law, scene: Scene, recorder: Recorder) -> None:
        self._law, self._scene, self._recorder = law, scene, recorder
        self.made = 0
        self.seconds = 0.0  # that the last one took
        self.trace: tuple[Exchange, ...] = ()
        self.rehearsal: Rehearsal | None = None

    @property
    def unsure(self) -> bool:
        """Whether a write of the last attempt may have been applied twice."""
        return any(exchange.repeated for exchange in self.trace)

    def next(self) -> Broken | None:
        """How the law is broken this time."""
        if self.made:
            self._scene.refresh()
        self.made += 1
        started = time.monotonic()
        with self._recorder.recording() as trace, Rehearsal(self._law, self._scene) as self.rehearsal:
            try:
                self._law.judge(self._scene)
            except Broken as broken:
                return broken
            finally:
                self.seconds, self.trace = time.monotonic() - started, tuple(trace)
        return None
