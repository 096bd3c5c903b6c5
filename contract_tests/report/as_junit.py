"""junit.xml for CI systems: one test case for each finding, and one for each rule without any."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from contract_tests.report.plain_text import visible
from contract_tests.report.summary import COULD_NOT_RUN, Summary
from contract_tests.report.wording import details, operations_named, stated
from contract_tests.verdict.findings import Finding, Kind


def render(summary: Summary) -> str:
    """The XML text."""
    root = ET.Element("testsuites", name="deals-contract")
    suite = ET.SubElement(root, "testsuite", name="deals-contract", hostname=_fit(summary.target))
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(summary).items():
        ET.SubElement(properties, "property", name=name, value=_fit(str(value)))
    if summary.exit_status == COULD_NOT_RUN:  # a page of results alone would look like success
        ET.SubElement(_case(suite, "the run is complete", 0), "error", message=_fit(summary.verdict))
    found = {finding.rule for finding in summary.findings}
    for rule in summary.judged:
        if rule not in found:
            _case(suite, rule, summary.seconds_of(rule))
    timed: set[str] = set()  # the time of a rule counts once, however many findings it has
    for finding in summary.findings:
        _finding(suite, finding, summary, 0 if finding.rule in timed else summary.seconds_of(finding.rule))
        timed.add(finding.rule)
    _counts(suite, summary)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _properties(summary: Summary) -> dict[str, object]:
    return {
        "target": summary.target,
        "seed": summary.seed,
        "verdict": summary.closing,
        "run_id": summary.run_id,
        "version": summary.version,
        "contract_version": summary.contract_version,
        "judged": "{} of {} rules".format(*summary.share) if summary.share else "",
    }


def _case(suite: ET.Element, name: str, seconds: float, about: str = "") -> ET.Element:
    group = f"deals-contract.{about}" if about else "deals-contract"
    attributes = {"classname": _fit(group), "name": _fit(name), "time": f"{seconds:.3f}"}
    return ET.SubElement(suite, "testcase", attributes)


def _finding(suite: ET.Element, finding: Finding, summary: Summary, seconds: float) -> None:
    name = f"{finding.rule}: {stated(finding)}" if finding.claim else finding.rule
    case = _case(suite, name, seconds, operations_named(finding) or "run")
    kind = finding.kind.value.replace("-", " ")
    extras = summary.extras(finding)
    text = _fit("\n".join(f"{name}: {value}" for name, value in details(finding, extras)))
    if summary.fails(finding):
        message = _fit(stated(finding) + summary.mark(finding))
        failure = ET.SubElement(case, "failure", type=finding.kind.value, message=message)
        failure.text = text
        return
    if finding.kind in (Kind.WAIVED, Kind.NOT_JUDGED):
        ET.SubElement(case, "skipped", message=_fit(f"{kind}: {finding.reason}"))
    ET.SubElement(case, "system-out").text = f"{kind}\n{text}"


def _counts(suite: ET.Element, summary: Summary) -> None:
    found = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error"}
    for name, path in {**found, "skipped": "testcase/skipped"}.items():
        suite.set(name, str(len(suite.findall(path))))
    suite.set("time", f"{summary.seconds:.3f}")
    suite.set("timestamp", summary.started.removesuffix("Z"))


def _fit(text: str) -> str:
    """XML allows no control characters or lone surrogates, but servers send them."""
    return visible(text, keep="\n")
