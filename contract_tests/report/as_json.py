"""report.json for machines; schema.json documents its shape."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, Final

from contract_tests.report.comparison import Comparison, Known
from contract_tests.report.summary import Row, Summary
from contract_tests.report.wording import operations_of
from contract_tests.verdict.findings import Finding, Kind

FORMAT: Final = 3  # increases when a field is renamed or removed
VERDICTS: Final = {0: "conforms", 1: "does-not-conform", 2: "could-not-run"}  # by exit status


def render(summary: Summary) -> str:
    """The JSON text; what is not printable is escaped, for a terminal may show it, too."""
    text = json.dumps(document(summary), indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text) + "\n"


def document(summary: Summary) -> dict[str, Any]:
    """The report as values."""
    return {
        "format": FORMAT,
        "version": summary.version,
        "contract_version": summary.contract_version,
        "target": summary.target,
        "verdict": VERDICTS[summary.exit_status],
        "exit_status": summary.exit_status,
        "closing": summary.closing,
        "seed": summary.seed,
        "run_id": summary.run_id,
        "started": summary.started,
        "seconds": summary.seconds,
        "first_violation_after": summary.first_violation_after,
        "requests": summary.requests,
        "settings": {
            "strict": summary.strict,
            "read_only": summary.read_only,
            "only": list(summary.only),
            "skip": list(summary.skip),
        },
        "counts": {**{kind.value: summary.count(kind) for kind in Kind}, "waivers": summary.to_review},
        "findings": [_finding(finding, summary) for finding in summary.findings],
        "comparison": summary.comparison and _comparison(summary.comparison),
        "coverage": [_row(row) for row in summary.coverage],
        "share": summary.share and {"judged": summary.share[0], "selected": summary.share[1]},
        "judged": list(summary.judged),
        "durations": {case: round(seconds, 3) for case, seconds in summary.durations.items()},
        "remarks": list(summary.remarks),
        "not_cleaned_up": list(summary.left),
    }


def _finding(finding: Finding, summary: Summary) -> dict[str, Any]:
    shown = {field.name: getattr(finding, field.name) for field in fields(finding) if field.repr}
    return {
        "id": finding.id,
        **shown,
        "kind": finding.kind.value,
        "operations": list(operations_of(finding)),
        "request_ids": list(summary.request_ids(finding)),
        "script": summary.scripts.get(finding.id),
        "times": summary.times[finding.id],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "run_id": comparison.earlier.run_id,
        "started": comparison.earlier.started,
        "new": [finding.id for finding in comparison.new],
        "still": [finding.id for finding in comparison.still],
        "gone": list(map(_known, comparison.gone)),
        "not_judged_again": list(map(_known, comparison.unknown)),
    }


def _known(known: Known) -> dict[str, Any]:
    return {
        "kind": known.kind.value,
        "rule": known.rule,
        "claim": known.claim,
        "operations": list(known.operations),
    }


def _row(row: Row) -> dict[str, Any]:
    parts = {"parameters": row.parameters, "values": row.values, "fields": row.fields}
    return {
        "operation": row.operation,
        "tag": row.tag,
        "call": row.call,
        "succeeded": row.succeeded,
        "statuses": {str(status): count for status, count in row.statuses.items()},
        **{name: {"exercised": list(yes), "missing": list(no)} for name, (yes, no) in parts.items()},
    }


def _escaped(character: str) -> str:
    return json.dumps(character)[1:-1]
