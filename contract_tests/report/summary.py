"""A finished run as plain values: what every report is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from contract_tests.report.wording import NOT_CALLED, counted, share
from contract_tests.run.suite import Suite
from contract_tests.verdict.findings import Finding, Kind


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
    succeeded: bool  # whether any request succeeded

    @property
    def responses(self) -> str:
        """How often each status came back."""
        return " ".join(f"{status}×{count}" for status, count in self.statuses.items()) or NOT_CALLED

    @property
    def shares(self) -> tuple[str, str, str]:
        """How many parameters, enum values and body fields were exercised, of how many."""
        return share(self.parameters), share(self.values), share(self.fields)

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not exercised."""
        return self.parameters[1] + self.values[1] + self.fields[1]


@dataclass(frozen=True)
class Summary:
    """The content of a report; it holds no secrets."""

    target: str
    seed: int
    run_id: str
    strict: bool
    read_only: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    exit_status: int
    verdict: str  # Conforms, Does not conform, Could not run …, Interrupted …
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
        """Close the run and summarize it."""
        suite.close()
        recorder, settings = suite.recorder, suite.settings
        findings = tuple(recorder.findings)
        return cls(
            target=suite.client.redact(settings.target),
            seed=settings.seed,
            run_id=suite.run_id,
            strict=settings.strict,
            read_only=settings.read_only,
            only=settings.only,
            skip=settings.skip,
            exit_status=suite.exit_status,
            verdict=_verdict(suite),
            seconds=round(suite.seconds, 1),
            first_violation_after=_rounded(suite.first_violation_after),
            requests=_requests(suite),
            findings=findings,
            times={finding.id: recorder.times(finding) for finding in findings},
            coverage=tuple(_rows(suite)),
            judged=tuple(sorted(recorder.judged)),
            remarks=tuple(recorder.remarks),
            left=tuple(suite.left),
        )

    @property
    def tally(self) -> str:
        """How many findings of each kind, and what the run cost."""
        counts = ", ".join(
            (
                counted(self.count(Kind.VIOLATION), "violation"),
                f"{self.count(Kind.DRIFT)} drift",
                f"{self.count(Kind.WAIVED)} waived",
                f"{self.count(Kind.NOT_JUDGED)} not judged",
            )
        )
        return f"{counts} ({self.requests} requests, {self.seconds:.1f} s, seed {self.seed})"

    @property
    def closing(self) -> str:
        """The last line of the terminal: the verdict and the tally."""
        return f"{self.verdict}: {self.tally}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know beside the findings."""
        return (*(f"Not cleaned up: {each}" for each in self.left), *self.remarks)

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


def _requests(suite: Suite) -> int:
    """How many requests were sent; of recorded traffic, how many responses were judged."""
    if suite.settings.har is None:
        return suite.client.sent
    return sum(seen.statuses.total() for seen in suite.recorder.coverage.values())


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
            succeeded=any(200 <= status < 300 for status in seen.statuses),
        )


def _split(known: tuple[str, ...], seen: set[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(n for n in known if n in seen), tuple(n for n in known if n not in seen)


def _verdict(suite: Suite) -> str:
    if suite.interrupted:
        return "Interrupted" if not suite.left else "Interrupted, cleanup incomplete"
    if suite.recorder.failing():
        return "Does not conform" + (" (--strict: drift fails the run)" if suite.settings.strict else "")
    if suite.lost:
        return f"Could not run to completion ({suite.lost})"
    return f"Conforms (partial run: {suite.partly})" if suite.partly else "Conforms"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
