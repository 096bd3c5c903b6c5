"""Judging every exchange, whichever part of the suite made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from contract_tests.client.arranging import PRESENT
from contract_tests.client.content import excerpt
from contract_tests.client.exchange import Exchange, Flaw
from contract_tests.verdict.checks import (
    CONFORMANCE,
    LAWS,
    LIFECYCLE,
    OF_LIFECYCLE,
    OF_OPERATIONS,
    PARTS,
    RUN_RULES,
    VALID_JSON,
)
from contract_tests.verdict.findings import Finding, Kind
from contract_tests.verdict.merging import key_of
from contract_tests.verdict.mismatch import Mismatch
from contract_tests.verdict.response_checks import ResponseChecks
from deals_spec import Contract
from deals_spec.responses import JSON_TYPE
from deals_spec.shapes import BODY

CHECKS: Final = {  # check → the documented words
    "not_a_server_error": (
        "“Status codes in use: 200 success, 201 created, 400 invalid input, …, 500 server error”: "
        "no request should cause a server error."
    ),
    "status_code_conformance": (
        "“Status codes in use: 200 success, 201 created, 400 invalid input, …, 500 server error. "
        "No others are named.”"
    ),
    "content_type_conformance": "“All responses are JSON (file downloads aside).”",
    "response_headers_conformance": "A file download is an attachment with a file name.",
    "response_schema_conformance": "The documented response, field by field.",
}
ERROR_SHAPE: Final = (
    '“An error is {"success": false, "message": "Validation failed", "errors": '
    '{"email": "Email is required"}}; '
    "`errors` maps a field to one text, and appears on validation errors.”"
)
STATUS: Final = frozenset({"not_a_server_error", "status_code_conformance"})
CONTRADICTS: Final = f"{BODY}.success is true"  # what a success breaks that says that it failed
UNREAD: Final = frozenset({f"{BODY}.success {PRESENT}"})  # whether it succeeded is seen from the status, too
UNKNOWN: Final = "Not documented: what the API returns for a request with"  # … these parameters
GUESS: Final = "Not documented: our guess, in the full view of the contract."


def parts_with(rule: str) -> tuple[str, ...]:
    """The parts of the suite that use this rule; every part checks responses."""
    if rule in CHECKS:
        return PARTS
    if rule in RUN_RULES:
        return ()
    return (CONFORMANCE,) if rule in OF_OPERATIONS else (LIFECYCLE,) if rule in OF_LIFECYCLE else (LAWS,)


def judge(exchange: Exchange, checks: ResponseChecks, contract: Contract, seed: int) -> list[Finding]:
    """Every mismatch of a response: with the documentation as violation, with our guesses as drift."""
    if exchange.operation_id is None:
        return _outside(exchange, seed)
    full = checks.mismatches("full", exchange)
    if not full:  # the documented view accepts every response that the full view accepts
        return []
    documented = checks.mismatches("documented", exchange)
    known = {mismatch.claim for mismatch in documented}
    guessed = [each for each in full if each.claim not in known]
    if documented and (exchange.status >= 500 or CONTRADICTS in known):
        guessed = []  # it is another response than the one that was guessed
    strange = exchange.unknown and exchange.status < 500  # a parameter may ask for another response
    kind = Kind.DRIFT if strange else Kind.VIOLATION
    return [
        *(_finding(kind, each, exchange, contract, seed) for each in documented),
        *(_finding(Kind.DRIFT, each, exchange, contract, seed) for each in _news(guessed, documented)),
    ]


def flaws(exchange: Exchange, violations: Iterable[Finding], checks: ResponseChecks) -> Iterator[Flaw]:
    """What keeps a response from being read: violations whose obvious meaning is not what is documented.

    A missing or unreadable property concerns who reads it; if the whole response is something else, everyone.
    """
    unreadable: set[str] | None = None
    for finding in violations:
        key, subject = key_of(finding), finding.subject
        if subject:
            unreadable = checks.unreadable(exchange) if unreadable is None else unreadable
            if finding.claim in unreadable - UNREAD:
                in_envelope = subject.rpartition(".")[0] in ("", BODY)
                yield Flaw(key, subject, wide=in_envelope and exchange.ok)
        elif _not_json(finding, exchange) or (finding.rule in STATUS and not exchange.ok):
            yield Flaw(key, "", wide=True)


def _not_json(finding: Finding, exchange: Exchange) -> bool:
    return exchange.json is None and (finding.claim == VALID_JSON or finding.expected == JSON_TYPE)


def _news(guessed: list[Mismatch], documented: list[Mismatch]) -> Iterator[Mismatch]:
    """Drift that does not just repeat a violation in the other view."""
    places = {mismatch.place for mismatch in documented}
    return (mismatch for mismatch in guessed if mismatch.place not in places)


def _finding(kind: Kind, mismatch: Mismatch, exchange: Exchange, contract: Contract, seed: int) -> Finding:
    return Finding(
        kind=kind,
        rule=mismatch.check,
        operation=exchange.operation_id or "",
        claim=mismatch.claim,
        basis=_basis(kind, mismatch, exchange, contract),
        expected=mismatch.expected,
        received=mismatch.received,
        curl=exchange.curl(),
        seed=seed,
        exchanges=(exchange,),
        subject=mismatch.subject,
        cause=mismatch.cause,
    )


def _basis(kind: Kind, mismatch: Mismatch, exchange: Exchange, contract: Contract) -> str:
    if kind is Kind.DRIFT:
        return f"{UNKNOWN} {', '.join(exchange.unknown)}." if exchange.unknown else GUESS
    if mismatch.check != "response_schema_conformance":
        return CHECKS[mismatch.check]
    if exchange.status >= 400:
        return ERROR_SHAPE
    return f"{contract.basis(exchange.operation_id or '')} ({CHECKS[mismatch.check]})"


def _outside(exchange: Exchange, seed: int) -> list[Finding]:
    """A request outside the contract may be refused in any way except with a server error."""
    if exchange.status < 500 or exchange.status == 501:
        return []
    check = "not_a_server_error"
    return [
        Finding(
            kind=Kind.VIOLATION,
            rule=check,
            operation=f"{exchange.method} (outside the contract)",
            claim="a request outside the contract is refused without a server error",
            basis=CHECKS[check],
            expected="404 or 405",
            received=f"status {exchange.status}: {excerpt(exchange.body)}",
            curl=exchange.curl(),
            seed=seed,
            exchanges=(exchange,),
        )
    ]
