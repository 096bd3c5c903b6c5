"""The jobs of a run, one for each test, and which of them may be done at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
MAKING: Final = ("list_and_details_show_the_same_risk",)  # laws that make deals, but do not need to
LONGEST: Final = 100  # the weight of the lifecycle; that of an operation is the number of its fields


class Kind(IntEnum):
    """What a job does with what others see; jobs of the first kinds are begun first."""

    SHARED = 0  # makes what others share
    READS_ALL = 1  # judges the whole list, and only reads
    CHANGES_ALL = 2  # judges the whole list, and changes it
    ORDER = 3  # judges or changes the order of all stages
    STAGE_SET = 4  # judges which stages there are
    OWN_STAGES = 5  # makes and deletes stages, with names that tell whose they are
    ODD_STAGES = 6  # makes stages with any names
    OTHER = 7


FIRST: Final = frozenset({Kind.SHARED, Kind.READS_ALL, Kind.CHANGES_ALL})
STAGES: Final = frozenset({Kind.ORDER, Kind.STAGE_SET, Kind.OWN_STAGES, Kind.ODD_STAGES})
EXCLUDED: Final[Mapping[Kind, frozenset[Kind]]] = {  # what may not be going on at the same time
    Kind.SHARED: frozenset(Kind),
    Kind.READS_ALL: frozenset(Kind) - {Kind.READS_ALL},
    Kind.CHANGES_ALL: frozenset(Kind),
    Kind.ORDER: FIRST | STAGES,
    Kind.STAGE_SET: FIRST | STAGES - {Kind.OWN_STAGES},
    Kind.OWN_STAGES: FIRST | {Kind.ORDER},
    Kind.ODD_STAGES: FIRST | {Kind.ORDER, Kind.STAGE_SET},
    Kind.OTHER: FIRST,
}


@dataclass(frozen=True)
class Job:
    """Something to judge, with the scene of whoever does it."""

    key: tuple[str, str]  # part, name
    judge: Callable[[Scene], None]
    kind: Kind = Kind.OTHER
    weight: int = 0  # the heaviest of a kind are begun first


def law_job(law: Law, suite: Suite) -> Job:
    """Judge a law."""
    return Job((LAWS, law.id), lambda scene: judge_law(law, suite, scene), _kind(law, suite))


def operation_job(operation: str, suite: Suite) -> Job:
    """Send random requests to an operation."""

    def judge(scene: Scene) -> None:
        case = f"{CONFORMANCE} {operation}"
        with recording_interruptions(suite, CONFORMANCE, operation), _timed(case, scene, suite):
            Conformance(scene, suite.recorder).judge(operation)
            suite.recorder.judged.update(OF_OPERATIONS)

    kind = Kind.OTHER
    if operation in STAGE_CHANGERS:
        kind = Kind.ORDER if operation == REORDER else Kind.ODD_STAGES
    return Job((CONFORMANCE, operation), judge, kind, len(suite.contract.fields(operation)))


def lifecycle_job(suite: Suite) -> Job:
    """Send sequences of requests."""

    def judge(scene: Scene) -> None:
        with recording_interruptions(suite, LIFECYCLE, "createDeal"), _timed(LIFECYCLE, scene, suite):
            Lifecycle(scene, suite.recorder).judge()
            suite.recorder.judged.update(OF_LIFECYCLE)

    return Job((LIFECYCLE, LIFECYCLE), judge, Kind.OWN_STAGES, LONGEST)


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
    if any(job.kind is Kind.READS_ALL for job in jobs):
        yield Job(SAMPLES, _make_samples, Kind.SHARED)
    yield from jobs


@contextmanager
def _timed(case: str, scene: Scene, suite: Suite) -> Iterator[None]:
    """Send the requests for this case, and record how long it took."""
    started = time.monotonic()
    try:
        with scene.client.case(case):
            yield
    finally:
        suite.recorder.durations[case] = time.monotonic() - started


def _make_samples(scene: Scene) -> None:
    with suppress(NotJudged):  # each law that needs them says so
        _ = scene.parent.samples if scene.parent else scene.samples


def _kind(law: Law, suite: Suite) -> Kind:
    if suite.settings.read_only:
        return Kind.OTHER
    if law.of_all:
        return Kind.CHANGES_ALL if "writes" in law.needs or law.name in MAKING else Kind.READS_ALL
    if law.of_stages:
        return Kind.ORDER if law.of_stages == "order" else Kind.STAGE_SET
    return Kind.OWN_STAGES if changes_stages(law) else Kind.OTHER
