"""Runs of the suite's parts against a server, as its own tests need them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette

from contract_tests.fuzzing.conformance import MAX_EXAMPLES, Conformance
from contract_tests.fuzzing.lifecycle import MAX_SEQUENCES, Lifecycle
from contract_tests.run.law_runner import rule_names
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Finding, Kind
from tests.contract_tests.second_implementation import second_implementation
from tests.contract_tests.second_seed import ADMIN_TOKEN, OTHER_TOKEN, TOKEN
from tests.contract_tests.servers import serving

PEOPLE = {
    "token": TOKEN,
    "admin_token": ADMIN_TOKEN,
    "other_token": OTHER_TOKEN,
    "expired_token": "second-expired",
}


@contextmanager
def run_against(url: str, **settings: Any) -> Iterator[Suite]:
    """A run that has signed in, and that cleans up at the end."""
    suite = Suite(Settings(base_url=url, **{**PEOPLE, **settings}), rules=rule_names())
    try:
        suite.open()
        yield suite
    finally:
        suite.close()


@contextmanager
def run_against_app(app: Starlette | None = None, **settings: Any) -> Iterator[Suite]:
    """The same, against a server of its own."""
    with serving(app or second_implementation()) as root, run_against(f"{root}/v2", **settings) as suite:
        yield suite


def conformance(suite: Suite, *operations: str, examples: int = MAX_EXAMPLES) -> None:
    """Random requests to these operations, or to all."""
    for name in operations or suite.contract.operations:
        Conformance(suite.scene, suite.recorder, max_examples=examples).judge(name)


def lifecycle(suite: Suite, *, sequences: int = MAX_SEQUENCES) -> None:
    """Run link sequences."""
    Lifecycle(suite.scene, suite.recorder, max_sequences=sequences).judge()


def violations(suite: Suite) -> list[Finding]:
    """What the documentation is against."""
    return suite.recorder.of(Kind.VIOLATION)


def verdicts(suite: Suite) -> set[tuple[str, str]]:
    """Each finding, and what it means."""
    return {(finding.kind, finding.id) for finding in suite.recorder.findings}
