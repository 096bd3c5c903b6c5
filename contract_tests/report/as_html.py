"""report.html: one page that needs nothing else, for people."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from contract_tests.report.summary import CLAIMS, TITLES, Row, Summary
from contract_tests.report.wording import Block, blocks, share, unjudged
from contract_tests.verdict.findings import Kind

PAGE: Final = Path(__file__).with_name("page.html")
LOOKS: Final = {0: "good", 1: "violation", 2: "drift"}  # exit status → class
SHOWN: Final = (Kind.VIOLATION, Kind.DRIFT, Kind.WAIVED)
FEW: Final = 6  # rules that are shown without being asked for
AS_CODE: Final = frozenset({"expected", "received"})


def render(summary: Summary) -> str:
    """The HTML text."""
    page = Template(PAGE.read_text("utf-8"))
    return page.substitute(title=f"Contract: {escape(summary.target)}", body="\n".join(_body(summary)))


def _body(summary: Summary) -> Iterator[str]:
    yield from _head(summary)
    for kind in SHOWN:
        if summary.count(kind):
            yield f'<h2 id="{kind.value}">{escape(TITLES[kind])}</h2><p class="soft">{CLAIMS}</p>'
            for operation, findings in summary.by_operation(kind):
                yield f"<h3>{escape(operation or 'The run')}</h3>"
                for block in blocks(findings):
                    yield from _block(block, summary.times)
    yield from _not_judged(summary)
    yield from _coverage(summary)


def _head(summary: Summary) -> Iterator[str]:
    yield f'<section class="verdict {LOOKS[summary.exit_status]}">'
    yield f"<h1>{escape(summary.closing.partition(':')[0])}</h1>"
    yield f'<p class="soft">The Deals API at <code>{escape(summary.target)}</code>, '
    yield f"held against its documentation: {summary.requests} requests in {summary.seconds} s, "
    yield f"seed {summary.seed}, run <code>{escape(summary.run_id)}</code>.</p>"
    yield '<div class="tiles">'
    for kind in Kind:
        count = summary.count(kind)
        look = kind.value if count else "good"
        name = kind.value.replace("-", " ") + ("s" if kind is Kind.VIOLATION and count != 1 else "")
        yield f'<a class="tile {look}" href="#{kind.value}"><b>{count}</b>{name}</a>'
    held = sum(row.held for row in summary.coverage)
    yield f'<a class="tile not-judged" href="#coverage"><b>{held}/{len(summary.coverage)}</b>operations</a>'
    yield "</div></section>"
    for text in (*(f"Not cleaned up: {each}" for each in summary.left), *summary.remarks):
        yield f'<p class="soft">{escape(text)}</p>'


def _block(block: Block, times: dict[str, int]) -> Iterator[str]:
    opened = " open" if block.first.kind is Kind.VIOLATION else ""
    yield f'<details class="finding {block.first.kind.value}" id="{block.first.id}"{opened}>'
    yield f"<summary>{escape(block.title(times))}</summary><div><dl>"
    if len(block.findings) > 1:
        claims = (f"<li>{escape(each.claim)} <small>{each.id}</small></li>" for each in block.findings)
        yield f"<dt>departures</dt><dd><ul>{''.join(claims)}</ul></dd>"
    for name, text in block.details():
        yield f"<dt>{escape(name)}</dt><dd>{_value(name, text)}</dd>"
    yield "</dl></div></details>"


def _value(name: str, text: str) -> str:
    if name == "again":
        return f"<pre>{escape(text)}</pre>"
    return f"<code>{escape(text)}</code>" if name in AS_CODE else escape(text)


def _not_judged(summary: Summary) -> Iterator[str]:
    findings = summary.of_kind(Kind.NOT_JUDGED)
    if not findings:
        return
    yield f'<h2 id="{Kind.NOT_JUDGED.value}">{TITLES[Kind.NOT_JUDGED]}</h2>'
    yield '<p class="soft">Nobody looked at this: it is neither right nor wrong.</p>'
    yield '<div class="table"><table><tr><th>why</th><th>what</th></tr>'
    for reason, rules in unjudged(findings).items():
        yield f"<tr><td>{escape(reason)}</td><td>{_folded(rules)}</td></tr>"
    yield "</table></div>"


def _folded(rules: list[str]) -> str:
    """A long list is folded."""
    told = "".join(f"<li>{escape(rule)}</li>" for rule in rules)
    if len(rules) <= FEW:
        return f"<ul>{told}</ul>"
    return f"<details><summary>{len(rules)} laws and checks</summary><ul>{told}</ul></details>"


def _coverage(summary: Summary) -> Iterator[str]:
    yield '<h2 id="coverage">Coverage</h2>'
    yield '<p class="soft">A parameter, value or field counts once a request with it succeeded.</p>'
    yield '<div class="table"><table><tr><th>operation</th><th>statuses</th><th>parameters</th>'
    yield "<th>enum values</th><th>body fields</th><th>not exercised</th></tr>"
    for row in summary.coverage:
        yield _row(row)
    yield "</table></div>"


def _row(row: Row) -> str:
    statuses = " ".join(f"{status}×{count}" for status, count in row.statuses.items()) or "none"
    missing = ", ".join((*row.parameters[1], *row.values[1], *row.fields[1]))
    shares = [share(part) for part in (row.parameters, row.values, row.fields)]
    name = f'<b>{escape(row.operation)}</b><br><span class="soft">{escape(row.call)}</span>'
    cells = [name, *map(escape, (statuses, *shares, missing))]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
