"""Runs Schemathesis, for random requests and link sequences, through our transport only."""

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
from schemathesis.resources import ExtraDataSource
from schemathesis.specs.openapi.schemas import OpenApiSchema

from contract_tests.fuzzing.safe_transport import SafeTransport
from contract_tests.fuzzing.shared_caches import share_sources

NOWHERE: Final = "http://127.0.0.1:9/api"  # only the transport knows the server
ALIKE: Final = 2  # coverage cases sent per kind
NO_RESPONSE_DATA: Final = {"responses": False}  # responses must not influence requests: same seed, same cases
UNIT_PHASES: Final[dict[str, Any]] = {
    "examples": {"extra-data-sources": NO_RESPONSE_DATA},
    "coverage": {"extra-data-sources": NO_RESPONSE_DATA, "unexpected-methods": []},
    "fuzzing": {"extra-data-sources": NO_RESPONSE_DATA, "error-feedback": {"enabled": False}},
    "stateful": {"enabled": False},
}
STATEFUL_PHASES: Final[dict[str, Any]] = {
    "enabled": False,
    "fuzzing": {"enabled": False, "error-feedback": {"enabled": False}},
    "stateful": {"enabled": True, "link-calibration": False, "inference": {"algorithms": []}},
}


@dataclass(frozen=True)
class Plan:
    """The settings of one run of the engine."""

    phases: dict[str, Any]
    max_examples: int
    seed: int
    modes: tuple[GenerationMode, ...] = tuple(GenerationMode)
    learns: bool = False  # whether responses may influence later requests


@dataclass(eq=False, repr=False)
class _SafeSchema(OpenApiSchema):
    """A schema whose cases are sent through our transport only."""

    safe_transport: SafeTransport | None = None
    learns: bool = False

    @property
    def transport(self) -> SafeTransport:
        if self.safe_transport is None:
            raise RuntimeError("no safe transport: nothing may be sent")
        return self.safe_transport

    def create_extra_data_source(self) -> ExtraDataSource | None:
        """Where values of responses are kept for later requests; nowhere, if none of them may be used."""
        return OpenApiSchema.create_extra_data_source(self) if self.learns else None


class _Engine(Engine):
    """The engine without its own probes, which would bypass our transport."""

    def _create_execution_plan(self) -> ExecutionPlan:
        plan = Engine._create_execution_plan(self)
        return ExecutionPlan([phase for phase in plan.phases if phase.name in TESTING_PHASES])


def run(document: dict[str, Any], operations: list[str], plan: Plan, transport: SafeTransport) -> list[str]:
    """Run the engine on these operations; returns what it could not do, in words."""
    share_sources()
    with transport.baton.held():
        return _run(document, operations, plan, transport)


def _run(document: dict[str, Any], operations: list[str], plan: Plan, transport: SafeTransport) -> list[str]:
    stream = _Engine(_safe_schema(document, operations, plan, transport)).execute()
    problems: list[str] = []
    interrupted = False
    try:
        for event in stream:
            if transport.failure is not None:
                stream.stop()
            interrupted = interrupted or isinstance(event, events.Interrupted)
            if isinstance(event, events.NonFatalError):
                problems.append(f"{event.info.title}: {event.value}")
            if isinstance(event, events.FatalError):
                raise event.exception
    finally:  # nothing is sent after the end, whatever its cause
        stream.stop()
        stream.generator.close()
    if transport.failure is not None:
        raise transport.failure
    if interrupted:
        raise KeyboardInterrupt
    return problems


def _safe_schema(
    document: dict[str, Any], operations: list[str], plan: Plan, transport: SafeTransport
) -> _SafeSchema:
    loaded = schemathesis.openapi.from_dict(copy.deepcopy(document), config=_config(plan))
    chosen = loaded.include(operation_id=operations)
    chosen.hooks.register_hook_with_name(_thinned(), "filter_case")
    return _SafeSchema(
        chosen.raw_schema,
        config=chosen.config,
        hooks=chosen.hooks,
        filter_set=chosen.filter_set,
        safe_transport=transport,
        learns=plan.learns,
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
        checks=ChecksConfig.from_dict({"enabled": False}),  # exchanges are checked by our two views instead
        phases=PhasesConfig.from_dict(plan.phases),
    )
    return SchemathesisConfig(
        seed=plan.seed,
        suppress_health_check=[HealthCheck.all],
        projects=ProjectsConfig(default=project),
    )


def _thinned() -> Callable[[HookContext, Case[Any]], bool]:
    """A filter that keeps the first few of the coverage cases that differ only in a value."""
    sent: Counter[tuple[Any, ...]] = Counter()

    def filter_case(context: HookContext, case: Case[Any]) -> bool:
        data = case.meta.phase.data if case.meta is not None else None
        if not isinstance(data, CoveragePhaseData):
            return True
        kind = (data.scenario, data.parameter, data.location, data.description)
        sent[kind] += 1
        return sent[kind] <= ALIKE

    return filter_case
