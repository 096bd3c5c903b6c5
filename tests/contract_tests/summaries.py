"""Summaries of runs for the tests of the reports, with what a hostile server may send."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract_tests.report import Summary
from contract_tests.report.summary import Row
from contract_tests.verdict.findings import Kind
from tests.contract_tests.builders import exchange, finding

TEXTS = ("rule", "operation", "claim", "basis", "expected", "received", "curl")
HOSTILE = (
    "</pre><script>alert(1)</script> \"><img src=x onerror='alert(1)'> ```| `x` & ]]> <!-- \x00\x1b[2J\x9b2J "
    "\ud800 \u202etxt.exe @everyone [a](javascript:alert(1)) https://evil.example www.evil.example "
    "\r\n::error::no error\n##[add-mask]a\n##vso[task.complete]\n\n## no heading\n1. no list"
)
ROW = Row(
    operation="listDeals",
    tag="Deals",
    call="GET /deals",
    statuses={200: 3, 422: 1},
    parameters=(("page",), ("search",)),
    values=((), ()),
    fields=((), ()),
    succeeded=True,
)


def summary(**fields: Any) -> Summary:
    """A summary; with `findings` alone, each was seen twice."""
    findings = (
        finding(Kind.VIOLATION, received=HOSTILE, curl=f"curl '{HOSTILE}'"),
        finding(Kind.DRIFT, claim=f"drift {HOSTILE}", operation="getDeal"),
        finding(Kind.WAIVED, claim="waived", reason="known (until 2026-03-01)"),
        finding(Kind.NOT_JUDGED, claim="not judged", operation="login", reason="no sign-in"),
    )
    usual: dict[str, Any] = {
        "target": "http://there/api",
        "seed": 1,
        "run_id": "dc-abc123",
        "strict": False,
        "read_only": False,
        "only": (),
        "skip": (),
        "exit_status": 1,
        "verdict": "Does not conform",
        "version": "0.1.0",
        "contract_version": "1.2.0",
        "started": "2026-02-09T12:00:00Z",
        "seconds": 1.5,
        "first_violation_after": 0.4,
        "requests": 42,
        "share": (412, 430),
        "findings": findings,
        "coverage": (ROW,),
        "judged": ("pages_partition_the_list", "a_law_that_holds"),
        "durations": {"a_law_that_holds[a]": 0.25, "a_law_that_holds[b]": 0.5, "pages_partition_the_list": 1},
        "remarks": ("sampled 1,200 of 100,000 deals",),
        "left": ("deal 7: returned 403",),
    }
    given = {**usual, **fields}
    given.setdefault("times", {each.id: 2 for each in given["findings"]})
    return Summary(**given)


def hostile_summary() -> Summary:
    """A run in which every text comes from a hostile server."""
    of_server = finding(**dict.fromkeys(TEXTS, HOSTILE), exchanges=(exchange(),))
    silent = [finding(Kind.NOT_JUDGED, rule=f"{HOSTILE}{n}", reason=HOSTILE) for n in range(9)]
    findings = (
        of_server,
        finding(claim="and more", rule=HOSTILE),
        finding(Kind.DRIFT, **dict.fromkeys(TEXTS, HOSTILE)),
        finding(Kind.WAIVED, **dict.fromkeys(TEXTS, HOSTILE), reason=HOSTILE),
        *silent,
    )
    row = replace(ROW, operation=HOSTILE, call=HOSTILE, parameters=((), (HOSTILE,)))
    return summary(
        findings=findings,
        coverage=(row,),
        target=HOSTILE,
        remarks=(HOSTILE,),
        left=(HOSTILE,),
        verdict=HOSTILE,
        contract_version=HOSTILE,
        scripts={of_server.id: HOSTILE},
        judged=(HOSTILE,),
    )
