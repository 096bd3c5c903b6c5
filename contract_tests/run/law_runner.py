"""The laws of a run: which ones are selected, how each is judged, and what is reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from contract_tests.client.errors import NoResponseError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.laws import BASIC, all_laws, law_names
from contract_tests.laws.law import Law
from contract_tests.reproduce.rehearsal import Rehearsal
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.verdict.checks import ALWAYS_RESPONDS, LAWS, PARTS, RULES_OF_FUZZING, RUN_RULES
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.guesses import rests_on_a_guess
from contract_tests.verdict.judging import CHECKS
from deals_spec import Contract

NEEDS: Final[dict[str, tuple[Callable[[Suite], object], str]]] = {
    "writes": (lambda suite: not suite.settings.read_only, "requires writing, which --read-only forbids"),
    "other": (lambda suite: suite.client.has("other"), "requires --other-token"),
    "admin": (lambda suite: suite.client.has("admin"), "requires --admin-token"),
    "expired": (lambda suite: suite.client.has("expired"), "requires --expired-token"),
    "quote": (lambda suite: suite.settings.quote_id, "requires --quote-id: the API cannot create quotes"),
    "login": (lambda suite: suite.settings.email, "requires --email and --password"),
}
UNSTABLE: Final = "failed once and passed on fresh data: others may be using the server"
OTHERS_AT_WORK: Final = "deals change between two reads: others are using the server"


def rule_names() -> tuple[str, ...]:
    """The names of all rules and parts, for `--only` and `--skip`."""
    return (*PARTS, *law_names(), *CHECKS, *RULES_OF_FUZZING, *RUN_RULES)


def selected_laws(suite: Suite) -> list[Law]:
    """The laws that the run selects."""
    return [law for law in all_laws(suite.contract) if is_selected(law, suite)]


def is_selected(law: Law, suite: Suite) -> bool:
    """Whether `--only` and `--skip` select a law."""
    if suite.recorder.selection.leaves_out(LAWS):
        return False
    known = [suite.contract.operations[name] for name in law.operations if name in suite.contract.operations]
    return suite.recorder.selection.wants(law.name, known, parts=(LAWS,))


def judge_law(law: Law, suite: Suite) -> None:
    """Judge one law and record the result."""
    started = time.monotonic()
    try:
        with suite.client.case(law.id):
            _judge(law, suite)
    finally:
        suite.recorder.durations[law.id] = time.monotonic() - started


def _judge(law: Law, suite: Suite) -> None:
    unmet = [reason for need, (met, reason) in NEEDS.items() if need in law.needs and not met(suite)]
    if unmet:
        _not_judged(law, suite, unmet[0])
        return
    try:
        finding = _broken_twice(law, suite)
    except NotJudged as reason:
        _not_judged(law, suite, str(reason))
    except UnreachableError as error:
        _dropped(law, suite, error)
    except NoResponseError as error:
        _not_judged(law, suite, str(error))
    else:
        suite.recorder.judged.add(law.name)
        if finding is not None:
            suite.recorder.add(finding)
            suite.halt_if_asked()


def _broken_twice(law: Law, suite: Suite) -> Finding | None:
    """What is found if the law is broken, and broken again on fresh data: this second time is shown."""
    try:
        with suite.recorder.recording():
            law.judge(suite.scene)
    except (Broken, UnreachableError):
        suite.scene.refresh()
    else:
        return None
    with suite.recorder.recording() as trace, Rehearsal(law, suite.scene) as rehearsal:
        try:
            law.judge(suite.scene)
        except Broken as again:
            found = replace(_finding(law, again, suite), trace=tuple(trace), rejudge=rehearsal)
            if law.of_all and suite.scene.api.others_at_work():
                raise NotJudged(OTHERS_AT_WORK) from again
            return found
    suite.recorder.remark(f"{law.id} {UNSTABLE}")
    return None


def _not_judged(law: Law, suite: Suite, reason: str) -> None:
    suite.recorder.not_judged(law.name, law.operations[0], reason, law.claim)


def _dropped(law: Law, suite: Suite, error: UnreachableError) -> None:
    """No response, twice: the server is gone, or it drops the connection on this law's requests."""
    if not suite.alive():
        _not_judged(law, suite, suite.lost)
        return
    check = "not_a_server_error"
    suite.recorder.add(
        Finding(
            kind=Kind.VIOLATION,
            rule=check,
            operation=law.operations[0],
            claim=ALWAYS_RESPONDS,
            basis=CHECKS[check],
            expected="a response",
            received=str(error),
            curl=error.exchange.curl() if error.exchange else "",
            seed=suite.settings.seed,
            exchanges=(error.exchange,) if error.exchange else (),
        )
    )
    _not_judged(law, suite, "the server did not respond")
    suite.halt_if_asked()


def _finding(law: Law, broken: Broken, suite: Suite) -> Finding:
    guessed = rests_on_a_guess(law.operations, law.about, broken.exchanges, suite.contract)
    return Finding(
        kind=Kind.DRIFT if law.drift or guessed else Kind.VIOLATION,
        rule=law.name,
        operation=broken.operation or law.operations[0],
        claim=replace(law, case="").claim,
        basis=law.basis,
        expected=broken.expected,
        received=broken.received,
        curl=_curl(broken.exchanges),
        seed=suite.settings.seed,
        exchanges=broken.exchanges,
        basic=law.name in BASIC,
        rank=_ranks(suite.contract)[law.id],
        cases=(law.case,) if law.case and law.case not in law.operations else (),
    )


@lru_cache(maxsize=4)
def _ranks(contract: Contract) -> dict[str, int]:
    """The place of each law in the order in which they build on one another; checks come before, at 0."""
    return {law.id: number for number, law in enumerate(all_laws(contract), 1)}


def _curl(exchanges: tuple[Exchange, ...]) -> str:
    return "\n".join(exchange.curl() for exchange in exchanges)
