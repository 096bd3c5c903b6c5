"""Which operations the run covers, and what is recorded if the server stops responding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests.client.errors import NoResponseError, ReadOnlyError, SkippedError, UnreachableError
from contract_tests.run.suite import Suite
from contract_tests.verdict.checks import CONFORMANCE, LIFECYCLE, OF_LIFECYCLE, OF_OPERATIONS
from contract_tests.verdict.judged_share import counted_as
from contract_tests.verdict.judging import CHECKS

LIFECYCLE_OPERATIONS = ("createDeal", "deleteDeal", "getDeal")


def selected_operations(suite: Suite) -> list[str]:
    """The operations to which random requests are sent."""
    rules = (*CHECKS, *OF_OPERATIONS)
    return [name for name in suite.contract.operations if _is_selected(suite, CONFORMANCE, rules, (name,))]


def lifecycle_selected(suite: Suite) -> list[str]:
    """One name if the run covers the lifecycle, otherwise none."""
    return [LIFECYCLE] if _is_selected(suite, LIFECYCLE, OF_LIFECYCLE, LIFECYCLE_OPERATIONS) else []


@contextmanager
def recording_interruptions(suite: Suite, rule: str, operation: str) -> Iterator[None]:
    """Record what was not judged to the end because the server was lost or the run's time was up."""
    try:
        yield
        suite.recorder.share.judged(counted_as(rule, operation))
    except UnreachableError as error:
        reason = str(error) if suite.alive() else suite.lost
        suite.recorder.not_judged(rule, operation, reason)
    except (ReadOnlyError, SkippedError) as error:
        suite.recorder.not_judged(rule, operation, str(error), left_out=True)
    except NoResponseError as error:
        suite.recorder.not_judged(rule, operation, str(error))
    finally:
        suite.halt_if_asked()


def _is_selected(suite: Suite, part: str, rules: tuple[str, ...], operations: tuple[str, ...]) -> bool:
    selection = suite.recorder.selection
    known = [suite.contract.operations[name] for name in operations if name in suite.contract.operations]
    return not selection.leaves_out(part) and any(selection.wants(rule, known) for rule in (part, *rules))
