"""report.md: for the step summary of a CI system."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

from contract_tests.report import wording
from contract_tests.report.plain_text import visible
from contract_tests.report.summary import Summary
from contract_tests.report.templates import templates
from contract_tests.verdict.findings import Kind

AS_CODE: Final = frozenset({"rule", "request id", "script"})
MARKS: Final = {0: "✅", 1: "❌", 2: "⚠️"}  # exit status → mark


def render(summary: Summary) -> str:
    """The Markdown text."""
    environment = templates(_text)
    environment.filters |= {"code": _code, "fenced": _fenced}
    template = environment.get_template("report.md.jinja")
    mark = MARKS[summary.exit_status]
    return template.render(run=summary, words=wording, Kind=Kind, mark=mark, as_code=AS_CODE)


def _text(value: object) -> Markup:
    """Applied to every value in the template: plain text, unless it was made as Markdown here."""
    if isinstance(value, Markup):
        return value
    text = " ".join(visible(str(value)).split())
    text = re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", text)
    text = re.sub(r"(?<=\w)(:(?=//)|(?<=www)\.)", r"\\\1", text)  # an address of a server becomes no link
    text = re.sub(r"^([0-9]*)([-+=.)])(?=[\s=-]|$)", r"\1\\\2", text)  # nor does a text begin a list
    return Markup(text.replace("@", "@\u200b"))  # nobody is notified


def _code(text: str) -> Markup:
    """A code span; its fence is longer than any in the text."""
    fence = "`" * (_longest_run(text) + 1)
    space = " " if "`" in text else ""
    return Markup(f"{fence}{space}{visible(text)}{space}{fence}")


def _fenced(commands: str) -> Markup:
    """A code block inside a list item; its fence is longer than any in the text."""
    fence = "`" * max(3, _longest_run(commands) + 1)
    lines = (f"  {visible(line)}" for line in commands.split("\n"))
    return Markup("\n".join((f"  {fence}sh", *lines, f"  {fence}")))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
