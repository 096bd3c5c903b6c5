"""Several operations at once, each worker with a target, a scene and things of its own."""

from __future__ import annotations

import ast
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Final

from contract_tests.fuzzing.conformance import Conformance
from contract_tests.scene.scene import Scene
from contract_tests.suite import Suite

ALONE: Final = "Stages"  # the tag of what everybody else would stumble over
RACES: Final = sys.version_info < (3, 11, 8) or (3, 12) <= sys.version_info < (3, 12, 2)


class Crew:
    """Judges the conformance of operations, with as many threads as the run was told."""

    def __init__(self, suite: Suite, operations: Iterable[str]) -> None:
        self._suite = suite
        self._own = threading.local()
        self._jobs: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(suite.settings.workers, "deals-contract")
        if suite.settings.workers > 1:
            _parse_one_at_a_time()
            suite.endings.append(self.stop)
            together = [name for name in operations if suite.contract.operations[name].tag != ALONE]
            self._jobs = {name: self._pool.submit(self._work, name) for name in together}

    def judge(self, operation: str) -> None:
        """Return when the operation has been judged; what is found is recorded."""
        job = self._jobs.get(operation)
        if job is not None:
            job.result()
            return
        wait(self._jobs.values())
        Conformance(self._suite.scene, self._suite.recorder).judge(operation)

    def stop(self) -> None:
        """Return when nobody sends any more."""
        if not all(job.done() for job in self._jobs.values()):
            self._suite.target.limits.halted = "the run was ended"
        self._pool.shutdown(cancel_futures=True)

    def _work(self, operation: str) -> None:
        Conformance(self._scene(), self._suite.recorder).judge(operation)

    def _scene(self) -> Scene:
        """The scene of this thread."""
        scene: Scene | None = getattr(self._own, "scene", None)
        if scene is None:
            scene = self._own.scene = self._suite.scene.sibling()
        return scene


def _parse_one_at_a_time() -> None:
    """Some Pythons count the depth of two `ast.parse` as one, and fail (python/cpython#106905)."""
    if not RACES or hasattr(ast.parse, "__wrapped__"):
        return
    parse, lock = ast.parse, threading.RLock()

    def guarded(*args: Any, **how: Any) -> Any:
        with lock:
            return parse(*args, **how)

    guarded.__wrapped__ = parse  # type: ignore[attr-defined]
    ast.parse = guarded
