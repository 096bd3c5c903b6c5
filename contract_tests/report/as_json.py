"""report.json for machines; schema.json documents its shape."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, Final

from contract_tests.report.summary import Row, Summary
from contract_tests.verdict.findings import Finding, Kind

FORMAT: Final = 2  # increases when a field is renamed or removed


def render(summary: Summary) -> str:
    """The JSON text."""
    return json.dumps(document(summary), indent=2, ensure_ascii=False) + "\n"


def document(summary: Summary) -> dict[str, Any]:
    """The report as values."""
    return {
        "format": FORMAT,
        "target": summary.target,
        "verdict": {0: "conforms", 1: "does-not-conform", 2: "could-not-run"}[summary.exit_status],
        "exit_status": summary.exit_status,
        "closing": summary.closing,
        "seed": summary.seed,
        "run_id": summary.run_id,
        "seconds": summary.seconds,
        "first_violation_after": summary.first_violation_after,
        "requests": summary.requests,
        "settings": {
            "strict": summary.strict,
            "read_only": summary.read_only,
            "only": list(summary.only),
            "skip": list(summary.skip),
        },
        "counts": {kind.value: summary.count(kind) for kind in Kind},
        "findings": [_finding(finding, summary.times[finding.id]) for finding in summary.findings],
        "coverage": [_row(row) for row in summary.coverage],
        "judged": list(summary.judged),
        "remarks": list(summary.remarks),
        "not_cleaned_up": list(summary.left),
    }


def _finding(finding: Finding, times: int) -> dict[str, Any]:
    shown = {field.name: getattr(finding, field.name) for field in fields(finding) if field.repr}
    return {"id": finding.id, **shown, "kind": finding.kind.value, "times": times}


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
