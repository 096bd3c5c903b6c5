"""Judges several operations at once; each worker has its own client, scene and records."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

from contract_tests.fuzzing.conformance import Conformance
from contract_tests.run.suite import Suite
from contract_tests.scene.scene import Scene

ALONE: Final = "Stages"  # the tag of operations that would disturb all others


class WorkerPool:
    """Judges the conformance of operations with the configured number of threads."""

    def __init__(self, suite: Suite, operations: Iterable[str]) -> None:
        self._suite = suite
        self._own = threading.local()
        self._jobs: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(suite.settings.workers, "deals-contract")
        if suite.settings.workers > 1:
            suite.endings.append(self.stop)
            together = [name for name in operations if suite.contract.operations[name].tag != ALONE]
            self._jobs = {name: self._pool.submit(self._work, name) for name in together}

    def judge(self, operation: str) -> None:
        """Return when the operation has been judged; findings are recorded."""
        job = self._jobs.get(operation)
        if job is not None:
            job.result()
            return
        wait(self._jobs.values())
        Conformance(self._suite.scene, self._suite.recorder).judge(operation)

    def stop(self) -> None:
        """Return when no worker sends requests any more."""
        if not all(job.done() for job in self._jobs.values()):
            self._suite.client.stop.halted = "the run was ended"
        self._pool.shutdown(cancel_futures=True)

    def _work(self, operation: str) -> None:
        Conformance(self._scene(), self._suite.recorder).judge(operation)

    def _scene(self) -> Scene:
        """The scene of this thread."""
        scene: Scene | None = getattr(self._own, "scene", None)
        if scene is None:
            scene = self._own.scene = self._suite.scene.sibling()
        return scene
