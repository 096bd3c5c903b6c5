"""A finished run as plain values, for every kind of report alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from contract_tests.run.suite import Suite
from contract_tests.verdict.findings import Finding, Kind

TITLES = {
    Kind.VIOLATION: "Violations: the documentation's word against the server's answer",
    Kind.DRIFT: "Drift: only our guess, where the documentation is silent, is departed from",
    Kind.WAIVED: "Waived: known, and accepted for now",
    Kind.NOT_JUDGED: "Not judged",
}

CLAIMS = "Each claim is what should be so, and is not."


@dataclass(frozen=True)
class Row:
    """What was exercised of one operation."""

    operation: str
    tag: str
    call: str  # GET /deals
    statuses: dict[int, int]
    parameters: tuple[tuple[str, ...], tuple[str, ...]]  # exercised, not exercised
    values: tuple[tuple[str, ...], tuple[str, ...]]
    fields: tuple[tuple[str, ...], tuple[str, ...]]
    held: bool  # whether a request succeeded


@dataclass(frozen=True)
class Summary:
    """What a report is made of; nothing in it is secret."""

    target: str
    seed: int
    run_id: str
    strict: bool
    read_only: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    exit_status: int
    closing: str
    seconds: float
    first_violation_after: float | None  # seconds
    requests: int
    findings: tuple[Finding, ...]
    times: dict[str, int]  # finding id → how often it was seen
    coverage: tuple[Row, ...]
    judged: tuple[str, ...]  # laws and checks that were judged to their end
    remarks: tuple[str, ...]
    left: tuple[str, ...]  # what could not be cleaned up

    @classmethod
    def of(cls, suite: Suite) -> Summary:
        """The run, closed, as it is to be told."""
        suite.close()
        recorder, settings = suite.recorder, suite.settings
        findings = tuple(recorder.findings)
        return cls(
            target=suite.client.redact(settings.base_url),
            seed=settings.seed,
            run_id=suite.run_id,
            strict=settings.strict,
            read_only=settings.read_only,
            only=settings.only,
            skip=settings.skip,
            exit_status=suite.exit_status,
            closing=_closing(suite),
            seconds=round(suite.seconds, 1),
            first_violation_after=_rounded(suite.first_violation_after),
            requests=suite.client.sent,
            findings=findings,
            times={finding.id: recorder.times(finding) for finding in findings},
            coverage=tuple(_rows(suite)),
            judged=tuple(sorted(recorder.judged)),
            remarks=tuple(recorder.remarks),
            left=tuple(suite.left),
        )

    def of_kind(self, kind: Kind) -> tuple[Finding, ...]:
        """The findings of one kind, by operation."""
        return tuple(finding for finding in self.findings if finding.kind is kind)

    def by_operation(self, kind: Kind) -> Iterator[tuple[str, list[Finding]]]:
        """The findings of one kind, grouped by operation."""
        for operation, group in groupby(self.of_kind(kind), key=lambda finding: finding.operation):
            yield operation, list(group)

    def count(self, kind: Kind) -> int:
        """How many findings of one kind there are."""
        return len(self.of_kind(kind))


def _rows(suite: Suite) -> Iterator[Row]:
    for id, operation in suite.contract.operations.items():
        seen = suite.recorder.coverage[id]
        yield Row(
            operation=id,
            tag=operation.tag,
            call=f"{operation.method} {operation.path}",
            statuses=dict(sorted(seen.statuses.items())),
            parameters=_split(tuple(operation.query), seen.parameters),
            values=_split(suite.contract.enum_values(id), seen.values),
            fields=_split(suite.contract.body_fields(id), seen.fields),
            held=any(200 <= status < 300 for status in seen.statuses),
        )


def _split(known: tuple[str, ...], seen: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(n for n in known if n in seen), tuple(n for n in known if n not in seen)


def _closing(suite: Suite) -> str:
    """The last line: the verdict, and what it rests on."""
    recorder = suite.recorder
    counts = ", ".join(
        (
            _counted(len(recorder.of(Kind.VIOLATION)), "violation"),
            f"{len(recorder.of(Kind.DRIFT))} drift",
            f"{len(recorder.of(Kind.WAIVED))} waived",
            f"{len(recorder.of(Kind.NOT_JUDGED))} not judged",
        )
    )
    cost = f"{suite.client.sent} requests, {suite.seconds:.1f} s, seed {suite.settings.seed}"
    return f"{_verdict(suite)}: {counts} ({cost})"


def _verdict(suite: Suite) -> str:
    if suite.interrupted:
        return "Interrupted" if not suite.left else "Interrupted, and not all could be cleaned up"
    if not suite.recorder.failing():
        if suite.lost:
            return f"Could not run to the end ({suite.lost})"
        return f"Conforms as far as it was judged ({suite.partly})" if suite.partly else "Conforms"
    return "Does not conform" + (" (strict: drift fails)" if suite.settings.strict else "")


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
