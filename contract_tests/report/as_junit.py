"""junit.xml: one test case for each rule on each operation, as CI systems read it."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

from contract_tests.report.summary import Summary
from contract_tests.report.wording import details
from contract_tests.verdict.findings import Finding, Kind

UNFIT: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # for XML 1.0


def render(summary: Summary) -> str:
    """The XML text."""
    root = ET.Element("testsuites", name="deals-contract")
    suite = ET.SubElement(root, "testsuite", name="deals-contract", hostname=summary.target)
    properties = ET.SubElement(suite, "properties")
    for name, value in (("target", summary.target), ("seed", summary.seed), ("verdict", summary.closing)):
        ET.SubElement(properties, "property", name=name, value=_fit(str(value)))
    told = {finding.rule for finding in summary.findings}
    for rule in summary.judged:
        if rule not in told:
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
    text = _fit("\n".join(f"{name}: {value}" for name, value in details(finding)))
    if fails:
        failure = ET.SubElement(case, "failure", type=finding.kind.value, message=_fit(finding.claim))
        failure.text = text
    elif finding.kind in (Kind.WAIVED, Kind.NOT_JUDGED):
        message = f"{finding.kind.value}: {finding.reason}"
        ET.SubElement(case, "skipped", message=_fit(message))
    if not fails:
        ET.SubElement(case, "system-out").text = f"{finding.kind.value}\n{text}"


def _counts(suite: ET.Element, summary: Summary) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("errors", "0")
    suite.set("time", str(summary.seconds))


def _fit(text: str) -> str:
    """XML has no room for control characters and lone surrogates, which servers do send."""
    return UNFIT.sub("\ufffd", text)
