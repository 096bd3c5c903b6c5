"""junit.xml for CI systems: one test case for each finding, and one for each rule without any."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from contract_tests.report.summary import Summary
from contract_tests.report.wording import details, visible
from contract_tests.verdict.findings import Finding, Kind


def render(summary: Summary) -> str:
    """The XML text."""
    root = ET.Element("testsuites", name="deals-contract")
    suite = ET.SubElement(root, "testsuite", name="deals-contract", hostname=_fit(summary.target))
    properties = ET.SubElement(suite, "properties")
    for name, value in (("target", summary.target), ("seed", summary.seed), ("verdict", summary.closing)):
        ET.SubElement(properties, "property", name=name, value=_fit(str(value)))
    found = {finding.rule for finding in summary.findings}
    for rule in summary.judged:
        if rule not in found:
            ET.SubElement(suite, "testcase", classname="deals-contract", name=rule)
    for finding in summary.findings:
        _case(suite, finding, fails=_fails(finding, summary))
    _counts(suite, summary)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _fails(finding: Finding, summary: Summary) -> bool:
    return finding.kind is Kind.VIOLATION or (summary.strict and finding.kind is Kind.DRIFT)


def _case(suite: ET.Element, finding: Finding, *, fails: bool) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"deals-contract.{finding.operation or 'run'}",
        name=_fit(f"{finding.rule}: {finding.claim}" if finding.claim else finding.rule),
    )
    kind = finding.kind.value.replace("-", " ")
    text = _fit("\n".join(f"{name}: {value}" for name, value in details(finding)))
    if fails:
        failure = ET.SubElement(case, "failure", type=finding.kind.value, message=_fit(finding.claim))
        failure.text = text
    elif finding.kind in (Kind.WAIVED, Kind.NOT_JUDGED):
        ET.SubElement(case, "skipped", message=_fit(f"{kind}: {finding.reason}"))
    if not fails:
        ET.SubElement(case, "system-out").text = f"{kind}\n{text}"


def _counts(suite: ET.Element, summary: Summary) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("errors", "0")
    suite.set("time", str(summary.seconds))


def _fit(text: str) -> str:
    """XML allows no control characters or lone surrogates, but servers send them."""
    return visible(text, keep="\n")
