"""report.md: fit for the step summary of a CI system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from contract_tests.report.summary import CLAIMS, TITLES, Summary
from contract_tests.report.wording import Block, blocks, seen, share, unjudged
from contract_tests.verdict.findings import Kind

MARKS: Final = {0: "✅", 1: "❌", 2: "⚠️"}
SHOWN: Final = (Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED)


def render(summary: Summary) -> str:
    """The Markdown text."""
    return "\n".join(_lines(summary)) + "\n"


def _lines(summary: Summary) -> Iterator[str]:
    yield f"## {MARKS[summary.exit_status]} Deals API contract: {_text(summary.closing)}"
    yield f"\nTarget `{summary.target}`, run `{summary.run_id}`. {CLAIMS}"
    for text in (*(f"Not cleaned up: {each}" for each in summary.left), *summary.remarks):
        yield f"\n> {_text(text)}"
    for kind in SHOWN:
        if summary.count(kind):
            yield from _kind(summary, kind)
    yield from _not_judged(summary)
    yield from _coverage(summary)


def _kind(summary: Summary, kind: Kind) -> Iterator[str]:
    """Violations in full view, everything else folded: it must not drown them."""
    folded = kind is not Kind.VIOLATION
    title = f"{TITLES[kind]} ({summary.count(kind)})"
    yield f"\n<details><summary>{title}</summary>" if folded else f"\n### {title}"
    for operation, findings in summary.by_operation(kind):
        yield f"\n#### {_text(operation or 'The run')}\n"
        for block in blocks(findings):
            yield from _block(block, summary)
    if folded:
        yield "\n</details>"


def _block(block: Block, summary: Summary) -> Iterator[str]:
    several = len(block.findings) > 1
    for finding in block.findings:
        id = f" `{finding.id}`" if several else ""
        yield f"- **{_text(finding.claim)}**{seen(summary.times[finding.id])}{id}"
    for name, text in block.details():
        if name == "again":
            yield f"\n{_fenced(text)}\n"
        else:
            yield f"  - {name}: {_text(text)}"


def _not_judged(summary: Summary) -> Iterator[str]:
    if not summary.count(Kind.NOT_JUDGED):
        return
    yield f"\n<details><summary>{TITLES[Kind.NOT_JUDGED]} ({summary.count(Kind.NOT_JUDGED)})</summary>\n"
    for reason, rules in unjudged(summary.of_kind(Kind.NOT_JUDGED)).items():
        yield f"- {_text(reason)}: {_text(', '.join(rules))}"
    yield "\n</details>"


def _coverage(summary: Summary) -> Iterator[str]:
    yield "\n<details><summary>Coverage</summary>\n"
    yield "| operation | statuses | parameters | enum values | body fields | not exercised |"
    yield "|---|---|---|---|---|---|"
    for row in summary.coverage:
        statuses = " ".join(f"{status}×{count}" for status, count in row.statuses.items()) or "none"
        missing = ", ".join((*row.parameters[1], *row.values[1], *row.fields[1]))
        shares = " | ".join(share(part) for part in (row.parameters, row.values, row.fields))
        yield f"| {row.operation} | {statuses} | {shares} | {missing} |"
    yield "\n</details>"


def _text(text: str) -> str:
    """Plain text, whatever a server put into it."""
    text = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return text.replace("@", "@\u200b")  # nobody is notified


def _fenced(text: str) -> str:
    """A code block inside a list item; the fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    indented = "\n".join(f"  {line}" for line in text.splitlines())
    return f"  {fence}sh\n{indented}\n  {fence}"
