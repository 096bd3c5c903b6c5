"""Whether an operation is to be asked at all, and what it means when the target does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests.client.errors import NoResponseError, UnreachableError
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, LIFECYCLE, OF_LIFECYCLE, OF_OPERATIONS
from contract_tests.verdict.judging import CHECKS

MADE = ("createDeal", "deleteDeal", "getDeal")


def selected_operations(suite: Suite) -> list[str]:
    """The operations to which random requests are sent."""
    rules = (*CHECKS, *OF_OPERATIONS)
    return [name for name in suite.contract.operations if _asked_for(suite, CONFORMANCE, rules, (name,))]


def lifecycle_selected(suite: Suite) -> list[str]:
    """One name if the run is about the lifecycle, none if not."""
    return [LIFECYCLE] if _asked_for(suite, LIFECYCLE, OF_LIFECYCLE, MADE) else []


@contextmanager
def recording_interruptions(suite: Suite, rule: str, operation: str) -> Iterator[None]:
    """Say that it was not judged to its end if the target, or the run's time, came to an end before."""
    try:
        yield
    except UnreachableError as error:
        reason = str(error) if suite.alive() else suite.lost
        suite.recorder.not_judged(rule, operation, reason)
    except NoResponseError as error:
        suite.recorder.not_judged(rule, operation, str(error))
    finally:
        suite.halt_if_asked()


def _asked_for(suite: Suite, part: str, rules: tuple[str, ...], operations: tuple[str, ...]) -> bool:
    selection = suite.recorder.selection
    known = [suite.contract.operations[name] for name in operations]
    return not selection.leaves_out(part) and any(selection.wants(rule, known) for rule in (part, *rules))
