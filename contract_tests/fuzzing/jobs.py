"""The jobs of a run, one for each test, and which of them may be done at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from contract_tests.fuzzing.conformance import REORDER, Conformance
from contract_tests.fuzzing.lifecycle import Lifecycle
from contract_tests.fuzzing.selected import recording_interruptions
from contract_tests.laws.law import Law
from contract_tests.run.law_runner import changes_stages, judge_law
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.scene import Scene
from contract_tests.scene.turns import STAGE_CHANGERS
from contract_tests.verdict.checks import CONFORMANCE, LAWS, LIFECYCLE, OF_LIFECYCLE, OF_OPERATIONS

SAMPLES: Final = ("samples", "")
LONGEST: Final = 100  # the weight of the lifecycle; that of an operation is the number of its fields


class Beside(IntEnum):
    """What else may be done at the same time; those above come first."""

    NOTHING_YET = 0  # it makes what others share
    READING = 1  # others that only read: it judges the whole list
    NOTHING = 2  # it changes the whole list and judges it
    NO_STAGES = 3  # anything that leaves the stages alone: it judges the set or the order of all stages
    OTHER_STAGES = 4  # anything else: it changes only stages of its own
    ANYTHING = 5


@dataclass(frozen=True)
class Job:
    """Something to judge, with the scene of whoever does it."""

    key: tuple[str, str]  # part, name
    judge: Callable[[Scene], None]
    beside: Beside = Beside.ANYTHING
    weight: int = 0  # the heaviest are begun first


def law_job(law: Law, suite: Suite) -> Job:
    """Judge a law."""
    return Job((LAWS, law.id), lambda scene: judge_law(law, suite, scene), _beside(law, suite))


def operation_job(operation: str, suite: Suite) -> Job:
    """Send random requests to an operation."""

    def judge(scene: Scene) -> None:
        with recording_interruptions(suite, CONFORMANCE, operation):
            Conformance(scene, suite.recorder).judge(operation)
            suite.recorder.judged.update(OF_OPERATIONS)

    beside = Beside.ANYTHING
    if operation in STAGE_CHANGERS:
        beside = Beside.NO_STAGES if operation == REORDER else Beside.OTHER_STAGES
    return Job((CONFORMANCE, operation), judge, beside, len(suite.contract.fields(operation)))


def lifecycle_job(suite: Suite) -> Job:
    """Send sequences of requests."""

    def judge(scene: Scene) -> None:
        with recording_interruptions(suite, LIFECYCLE, "createDeal"):
            Lifecycle(scene, suite.recorder).judge()
            suite.recorder.judged.update(OF_LIFECYCLE)

    return Job((LIFECYCLE, LIFECYCLE), judge, Beside.OTHER_STAGES, LONGEST)


def jobs_for(params: Iterable[Mapping[str, Any]], suite: Suite) -> Iterator[Job]:
    """The jobs of tests with these parameters."""
    for each in params:
        if "law" in each:
            yield law_job(each["law"], suite)
        elif "operation" in each:
            yield operation_job(each["operation"], suite)
        elif "part" in each:
            yield lifecycle_job(suite)


def with_samples(jobs: Iterable[Job]) -> Iterator[Job]:
    """The jobs; before those that may not be disturbed, the sample deals that they share are made."""
    jobs = list(jobs)
    if any(job.beside is Beside.READING for job in jobs):
        yield Job(SAMPLES, _make_samples, Beside.NOTHING_YET)
    yield from jobs


def _make_samples(scene: Scene) -> None:
    with suppress(NotJudged):  # each law that needs them says so
        _ = scene.parent.samples if scene.parent else scene.samples


def _beside(law: Law, suite: Suite) -> Beside:
    if suite.settings.read_only:
        return Beside.ANYTHING
    if law.of_all:
        return Beside.NOTHING if "writes" in law.needs else Beside.READING
    if changes_stages(law):
        return Beside.NO_STAGES if law.of_stages else Beside.OTHER_STAGES
    return Beside.ANYTHING
