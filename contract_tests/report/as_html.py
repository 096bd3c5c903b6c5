"""report.html: one self-contained page for people."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from contract_tests.report import wording
from contract_tests.report.plain_text import visible
from contract_tests.report.summary import Summary
from contract_tests.report.templates import templates
from contract_tests.verdict.findings import Kind

COLOURS: Final = {0: "good", 1: "violation", 2: "drift"}  # exit status → CSS class
AS_CODE: Final = frozenset({"expected", "received", "rule", "request id", "script"})


def _shown(value: object) -> object:
    """Applied to every value in the template, before it is escaped."""
    return visible(value, keep="\n") if isinstance(value, str) and not isinstance(value, Markup) else value


def render(summary: Summary) -> str:
    """The HTML text."""
    template = templates(_shown).get_template("report.html.jinja")
    colour = COLOURS[summary.exit_status]
    return template.render(run=summary, words=wording, Kind=Kind, as_code=AS_CODE, colour=colour)
