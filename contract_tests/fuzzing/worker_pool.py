"""Does several jobs at once; each worker has its own client, scene and records."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from contract_tests.client.created import delete_request
from contract_tests.client.errors import NoResponseError
from contract_tests.fuzzing.jobs import EXCLUDED, Job, Kind, with_samples
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.scene import Scene


class WorkerPool:
    """Does the jobs of a run with the configured number of threads; with one, in the order of the tests."""

    def __init__(self, suite: Suite, jobs: Iterable[Job]) -> None:
        self._suite = suite
        self._results: dict[tuple[str, str], Future[None]] = {}
        self._plan = Plan(())
        self._pool: ThreadPoolExecutor | None = None
        if suite.settings.workers > 1:
            suite.endings.insert(0, self.stop)
            self._start(list(with_samples(jobs)))

    def do(self, job: Job) -> None:
        """Return when the job is done."""
        result = self._results.get(job.key)
        if result is None:
            job.judge(self._suite.scene)
        else:
            result.result()

    def stop(self) -> None:
        """Return when no worker sends requests any more."""
        if self._pool is None:
            return
        if not all(result.done() for result in self._results.values()):
            self._suite.client.stop.halted = "the run was ended"
            if self._suite.interrupted:
                self._suite.client.transport.end_all()  # nobody waits for the responses
        self._pool.shutdown()
        self._suite.recorder.settle()

    def _start(self, jobs: list[Job]) -> None:
        self._results = {job.key: Future() for job in jobs}
        self._plan = Plan(jobs)
        scenes = [self._suite.scene.sibling() for _ in range(self._suite.settings.workers)]
        self._pool = ThreadPoolExecutor(len(scenes), "deals-contract")
        for scene in scenes:
            self._pool.submit(self._work, scene)

    def _work(self, scene: Scene) -> None:
        """What each worker does: one job after the other."""
        while job := self._plan.next():
            result = self._results[job.key]
            try:
                job.judge(scene)
            except BaseException as error:  # for the test that waits for the job
                result.set_exception(error)
            else:
                result.set_result(None)
            finally:
                self._plan.done(job)
        self._tidy(scene)

    def _tidy(self, scene: Scene) -> None:
        """Delete what only this worker needed: all workers together are faster than the clean-up."""
        if self._suite.settings.keep or self._suite.interrupted:
            return
        try:
            for kind, id, parent in scene.client.created.left():
                if not (kind == "stage" and str(id) in scene.make.lasting_stages):
                    operation, ids = delete_request(kind, id, parent)
                    scene.client.call(operation, observe=False, **ids)
        except (NoResponseError, NotJudged):
            return  # the clean-up tries it again
        finally:
            scene.turns.end_job(scene.client)


class Plan:
    """Which job is next; the same jobs first in every run."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._waiting = sorted(jobs, key=lambda job: (job.kind, -job.weight))
        self._running: Counter[Kind] = Counter()
        self._changed = threading.Condition()

    def next(self) -> Job | None:
        """The next job, as soon as it may be begun; None if there are no more."""
        with self._changed:
            while (job := self.ready()) is None and self._waiting:
                self._changed.wait()
            return job

    def ready(self) -> Job | None:
        """The next job if it may be begun at once."""
        with self._changed:
            job = next(filter(self._may_begin, self._waiting), None)
            if job is not None:
                self._waiting.remove(job)
                self._running[job.kind] += 1
            return job

    def done(self, job: Job) -> None:
        """Let the jobs begin that had to wait for this one."""
        with self._changed:
            self._running[job.kind] -= 1
            self._changed.notify_all()

    def _may_begin(self, job: Job) -> bool:
        """Whether nothing excludes it that is going on, or should come first."""
        running = {kind for kind, count in self._running.items() if count}
        earlier = {each.kind for each in self._waiting if each.kind < job.kind}
        return EXCLUDED[job.kind].isdisjoint(running | earlier)
