"""Schemathesis as this suite uses it: its generation and its walks, through our transport only."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import schemathesis
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    HealthCheck,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.engine import events
from schemathesis.engine.core import Engine, ExecutionPlan
from schemathesis.engine.run import TESTING_PHASES
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.generation.modes import GenerationMode
from schemathesis.hooks import HookContext
from schemathesis.specs.openapi.schemas import OpenApiSchema

from contract_tests.fuzzing.safe_transport import SafeTransport

NOWHERE: Final = "http://127.0.0.1:9/api"  # the transport alone knows the target
ALIKE: Final = 2  # cases of a kind that coverage sends
RANDOM: Final = {"responses": False}  # what was answered must not steer what is sent: same seed, same cases
UNIT_PHASES: Final[dict[str, Any]] = {
    "examples": {"extra-data-sources": RANDOM},
    "coverage": {"extra-data-sources": RANDOM, "unexpected-methods": []},
    "fuzzing": {"extra-data-sources": RANDOM, "error-feedback": {"enabled": False}},
    "stateful": {"enabled": False},
}
STATEFUL_PHASES: Final[dict[str, Any]] = {
    "enabled": False,
    "fuzzing": {"enabled": False, "error-feedback": {"enabled": False}},
    "stateful": {"enabled": True, "link-calibration": False, "inference": {"algorithms": []}},
}


@dataclass(frozen=True)
class Plan:
    """What a run of the engine does."""

    phases: dict[str, Any]
    max_examples: int
    seed: int
    modes: tuple[GenerationMode, ...] = tuple(GenerationMode)


@dataclass(eq=False, repr=False)
class _Guarded(OpenApiSchema):
    """A schema whose cases can leave through the transport only."""

    guard: SafeTransport | None = None

    @property
    def transport(self) -> SafeTransport:
        if self.guard is None:
            raise RuntimeError("no safe transport: nothing may be sent")
        return self.guard


class _Engine(Engine):
    """Without the engine's own probes, which would not go through the transport."""

    def _create_execution_plan(self) -> ExecutionPlan:
        plan = Engine._create_execution_plan(self)
        return ExecutionPlan([phase for phase in plan.phases if phase.name in TESTING_PHASES])


def run(document: dict[str, Any], operations: list[str], plan: Plan, transport: SafeTransport) -> list[str]:
    """Run the engine on these operations; what it could not do, in words."""
    stream = _Engine(_guarded(document, operations, plan, transport)).execute()
    troubles: list[str] = []
    interrupted = False
    try:
        for event in stream:
            if transport.failure is not None:
                stream.stop()
            interrupted = interrupted or isinstance(event, events.Interrupted)
            if isinstance(event, events.NonFatalError):
                troubles.append(f"{event.info.title}: {event.value}")
            if isinstance(event, events.FatalError):
                raise event.exception
    finally:  # whatever ended it, nothing is sent any more
        stream.stop()
        stream.generator.close()
    if transport.failure is not None:
        raise transport.failure
    if interrupted:
        raise KeyboardInterrupt
    return troubles


def _guarded(
    document: dict[str, Any], operations: list[str], plan: Plan, transport: SafeTransport
) -> _Guarded:
    loaded = schemathesis.openapi.from_dict(copy.deepcopy(document), config=_config(plan))
    chosen = loaded.include(operation_id=operations)
    chosen.hooks.register_hook_with_name(_thinned(), "filter_case")
    return _Guarded(
        chosen.raw_schema,
        config=chosen.config,
        hooks=chosen.hooks,
        filter_set=chosen.filter_set,
        guard=transport,
    )


def _config(plan: Plan) -> SchemathesisConfig:
    generation = GenerationConfig(
        modes=list(plan.modes),
        max_examples=plan.max_examples,
        no_shrink=True,
        database="none",
        with_security_parameters=False,
    )
    project = ProjectConfig(
        base_url=NOWHERE,
        continue_on_failure=True,
        generation=generation,
        checks=ChecksConfig.from_dict({"enabled": False}),  # the exchanges are judged by our two views
        phases=PhasesConfig.from_dict(plan.phases),
    )
    return SchemathesisConfig(
        seed=plan.seed,
        suppress_health_check=[HealthCheck.all],
        projects=ProjectsConfig(default=project),
    )


def _thinned() -> Callable[[HookContext, Case[Any]], bool]:
    """Of coverage cases that differ in a value alone, the first few."""
    sent: Counter[tuple[Any, ...]] = Counter()

    def filter_case(context: HookContext, case: Case[Any]) -> bool:
        data = case.meta.phase.data if case.meta is not None else None
        if not isinstance(data, CoveragePhaseData):
            return True
        kind = (data.scenario, data.parameter, data.location, data.description)
        sent[kind] += 1
        return sent[kind] <= ALIKE

    return filter_case
