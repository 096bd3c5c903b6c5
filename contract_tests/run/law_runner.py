"""The laws of a run: which ones are selected, how each is judged, and what is reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Final

from contract_tests.client.errors import NoResponseError, ReadOnlyError, SkippedError, UnreachableError
from contract_tests.client.exchange import Exchange
from contract_tests.laws import BASIC, all_laws, law_names
from contract_tests.laws.law import Law
from contract_tests.run.attempts import broken_for_sure
from contract_tests.run.suite import Suite
from contract_tests.scene.expectations import Broken, NotJudged
from contract_tests.scene.scene import Scene
from contract_tests.scene.turns import STAGE_CHANGERS
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


def judge_law(law: Law, suite: Suite, scene: Scene | None = None) -> None:
    """Judge one law and record the result; a worker gives its own scene."""
    scene = scene or suite.scene
    started = time.monotonic()
    try:
        with scene.client.case(law.id):
            _judge(law, suite, scene)
    finally:
        scene.turns.end_job(scene.client)
        suite.recorder.durations[law.id] = time.monotonic() - started


def changes_stages(law: Law) -> bool:
    """Whether the law changes stages, or judges all of them."""
    return bool(law.of_stages) or ("writes" in law.needs and not STAGE_CHANGERS.isdisjoint(law.operations))


def _judge(law: Law, suite: Suite, scene: Scene) -> None:
    unmet = {need: reason for need, (met, reason) in NEEDS.items() if need in law.needs and not met(suite)}
    if unmet:
        _not_judged(law, suite, next(iter(unmet.values())), left_out="writes" in unmet)
        return
    try:
        if changes_stages(law):
            scene.turns.take(scene.client, alone=law.of_stages == "order")
        else:
            scene.turns.give_back()
        follows = partial(_follows, law, suite)
        found = broken_for_sure(law, scene, suite.recorder, follows)
    except NotJudged as reason:
        _not_judged(law, suite, str(reason))
    except UnreachableError as error:
        _dropped(law, suite, error)
    except (ReadOnlyError, SkippedError) as error:
        _not_judged(law, suite, str(error), left_out=True)
    except NoResponseError as error:
        _not_judged(law, suite, str(error))
    else:
        suite.recorder.judged.add(law.name)
        suite.recorder.share.judged(law.id)
        if found.broken:
            suite.recorder.add(
                replace(_finding(law, found.broken, suite), trace=found.trace, rejudge=found.rehearsal)
            )
            suite.halt_if_asked()
        elif found.attempts > 1:
            suite.recorder.remark(f"{law.id} {UNSTABLE}")


def _follows(law: Law, suite: Suite, broken: Broken) -> bool:
    return suite.recorder.follows(_finding(law, broken, suite))


def _not_judged(law: Law, suite: Suite, reason: str, *, left_out: bool = False) -> None:
    suite.recorder.not_judged(law.name, law.operations[0], reason, law.claim, case=law.id, left_out=left_out)


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
    operation = broken.operation or law.operations[0]
    basic, rank = _depth(law, operation, suite.contract)
    return Finding(
        kind=Kind.DRIFT if law.drift or guessed else Kind.VIOLATION,
        rule=law.name,
        operation=operation,
        claim=replace(law, case="").claim,
        basis=law.basis,
        expected=broken.expected,
        received=broken.received,
        curl=_curl(broken.exchanges),
        seed=suite.settings.seed,
        exchanges=broken.exchanges,
        basic=basic,
        rank=rank,
        cases=(law.id,) if law.case else (),
    )


def _depth(law: Law, operation: str, contract: Contract) -> tuple[bool, int]:
    """Whether others build on a law that is broken by this operation, and its place among them.

    A basic law that blames an operation of which another one speaks first is not the basis of that operation.
    """
    ranks, spoken_of = _order(contract)
    basic = law.name in BASIC and (operation == law.operations[0] or operation not in spoken_of)
    rank = ranks.get(law.id, 0)
    return basic, rank if basic or law.name not in BASIC else rank + len(ranks)


@lru_cache(maxsize=4)
def _order(contract: Contract) -> tuple[dict[str, int], frozenset[str]]:
    """The place of each law, after the checks, which are at 0; the operations of which basic laws speak."""
    laws = all_laws(contract)
    ranks = {law.id: number for number, law in enumerate(laws, 1)}
    return ranks, frozenset(law.operations[0] for law in laws if law.name in BASIC)


def _curl(exchanges: tuple[Exchange, ...]) -> str:
    return "\n".join(exchange.curl() for exchange in exchanges)
