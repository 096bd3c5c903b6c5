"""A finished run as plain values: what every report is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from contract_tests.report.comparison import Comparison, Earlier
from contract_tests.report.wording import (
    NOT_CALLED,
    REQUEST_ID,
    SCRIPT,
    Section,
    about_waivers,
    counted,
    sections,
    share,
)
from contract_tests.run.suite import Suite
from contract_tests.settings.settings import Settings
from contract_tests.verdict.findings import Finding, Kind
from deals_spec.version import installed_version

COULD_NOT_RUN = 2


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
    version: str  # of the suite
    contract_version: str  # empty if the contract could not be read
    started: str  # UTC, as in 2026-02-09T12:00:00Z
    seconds: float
    first_violation_after: float | None  # seconds
    requests: int
    findings: tuple[Finding, ...]
    times: dict[str, int]  # finding id → how often it was seen
    coverage: tuple[Row, ...]
    judged: tuple[str, ...]  # laws and checks that were judged to their end
    remarks: tuple[str, ...]
    left: tuple[str, ...]  # what could not be cleaned up
    recorded: bool = False  # whether it judged recorded traffic, and sent nothing
    durations: Mapping[str, float] = field(default_factory=dict)  # seconds of each case
    share: tuple[int, int] | None = None  # rules that were judged, of so many; None if nobody counted them
    tested: bool = True  # whether the server could be tested at all
    comparison: Comparison | None = None  # with an earlier run
    scripts: Mapping[str, str] = field(default_factory=dict)  # finding id → path of the script that shows it

    @classmethod
    def of(
        cls,
        suite: Suite,
        *,
        could_not_run: str = "",
        earlier: Earlier | None = None,
        scripts: Mapping[str, str] = MappingProxyType({}),
    ) -> Summary:
        """Close the run and summarize it; a reason says that the server could not be tested at all."""
        suite.close()
        recorder, settings = suite.recorder, suite.settings
        findings = tuple(recorder.findings)
        reason = suite.client.redact(could_not_run)
        judged = recorder.judged
        return cls(
            target=suite.client.redact(settings.target),
            seed=settings.seed,
            run_id=suite.run_id,
            strict=settings.strict,
            read_only=settings.read_only,
            only=settings.only,
            skip=settings.skip,
            exit_status=COULD_NOT_RUN if reason else suite.exit_status,
            verdict=f"Could not run: {reason}" if reason else _verdict(suite),
            version=installed_version(),
            contract_version=str(suite.contract.full["info"]["version"]),
            started=_started(suite.seconds),
            seconds=round(suite.seconds, 1),
            first_violation_after=_rounded(suite.first_violation_after),
            requests=_requests(suite),
            findings=findings,
            times={finding.id: recorder.times(finding) for finding in findings},
            coverage=tuple(_rows(suite)),
            judged=tuple(sorted(judged)),
            remarks=tuple(recorder.remarks),
            left=tuple(suite.left),
            scripts=scripts,
            recorded=settings.har is not None,
            tested=not reason,
            share=_share(suite),
            durations=dict(recorder.durations),
            comparison=Comparison.of(earlier, findings, judged, complete=not (suite.partly or reason))
            if earlier
            else None,
        )

    @classmethod
    def not_begun(cls, settings: Settings, reason: str) -> Summary:
        """The summary of a run that could not even begin."""
        return cls(
            target=settings.target,
            seed=settings.seed,
            run_id="",
            strict=settings.strict,
            read_only=settings.read_only,
            only=settings.only,
            skip=settings.skip,
            exit_status=COULD_NOT_RUN,
            verdict=f"Could not run: {reason}",
            version=installed_version(),
            contract_version="",
            started=_started(0),
            seconds=0.0,
            first_violation_after=None,
            requests=0,
            findings=(),
            times={},
            coverage=(),
            judged=(),
            remarks=(),
            left=(),
            tested=False,
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
                *([f"{counted(self.to_review, 'waiver')} to review"] if self.to_review else []),
            )
        )
        if self.share is not None:
            counts += f"; judged {self.share[0]} of {counted(self.share[1], 'rule')}"
        what = counted(self.requests, "recorded response" if self.recorded else "request")
        return f"{counts} ({what}, {self.seconds:.1f} s, seed {self.seed})"

    @property
    def closing(self) -> str:
        """The last line of the terminal: the verdict, and the tally if there is any."""
        return f"{self.verdict}: {self.tally}" if self.tested else self.verdict

    @property
    def began(self) -> str:
        """When the run began, for people: 2026-02-09 12:00 UTC."""
        return f"{self.started[:16].replace('T', ' ')} UTC"

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know beside the findings."""
        return (*(f"Not cleaned up: {each}" for each in self.left), *self.remarks)

    @property
    def sections(self) -> list[Section]:
        """The findings under their headings, but for those that were not judged."""
        return sections(self.findings)

    @property
    def not_judged(self) -> tuple[Finding, ...]:
        """What was not judged."""
        return tuple(finding for finding in self.findings if finding.kind is Kind.NOT_JUDGED)

    def count(self, kind: Kind) -> int:
        """How many findings of one kind there are about the server."""
        return len([f for f in self.findings if f.kind is kind and not about_waivers(f)])

    @property
    def to_review(self) -> int:
        """How many waivers have expired, are not needed, or have no reason."""
        return len([finding for finding in self.findings if about_waivers(finding)])

    def fails(self, finding: Finding) -> bool:
        """Whether the finding fails the run."""
        return finding.kind is Kind.VIOLATION or (self.strict and finding.kind is Kind.DRIFT)

    def mark(self, finding: Finding) -> str:
        """What to say after a claim: that the earlier run did not have it."""
        return " (new)" if self.comparison is not None and self.comparison.is_new(finding) else ""

    def extras(self, finding: Finding) -> dict[str, str]:
        """The details that only the run knows: the script, and how to find the requests in a server's log."""
        ids, script = ", ".join(self.request_ids(finding)), self.scripts.get(finding.id, "")
        both = f"{script}, {script.removesuffix('.sh')}.py" if script.endswith(".sh") else script
        return {name: text for name, text in {SCRIPT: both, REQUEST_ID: ids}.items() if text}

    def request_ids(self, finding: Finding) -> tuple[str, ...]:
        """The value of the request id header in the requests that show the finding."""
        cases = dict.fromkeys(exchange.case for exchange in finding.exchanges)
        return tuple(f"{self.run_id} {case}".strip() for case in cases)

    def seconds_of(self, rule: str) -> float:
        """How long the cases of a rule took."""
        own = [each for case, each in self.durations.items() if case.partition("[")[0] == rule]
        return round(sum(own), 3)


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
    if suite.too_little:
        return f"No verdict: {suite.too_little}"
    return f"Conforms (partial run: {suite.partly})" if suite.partly else "Conforms"


def _share(suite: Suite) -> tuple[int, int] | None:
    share = getattr(suite.recorder, "share", None)
    if share is None or share.selected is None:
        return None
    judged, of = share.counts
    return judged, of


def _started(seconds: float) -> str:
    """When a run began that has just taken so many seconds."""
    began = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
    return began.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
