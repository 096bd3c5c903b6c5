"""What the site's search finds."""

from __future__ import annotations

from collections.abc import Sequence

from deals_docs.errors import Error
from deals_docs.questions import Question
from deals_docs.rules import Subject
from deals_spec import Contract, Operation

Entry = dict[str, str]


def entries(
    contract: Contract, subjects: Sequence[Subject], errors: Sequence[Error], questions: Sequence[Question]
) -> list[Entry]:
    """Everything that has a place of its own in the site."""
    found = [
        _entry(
            "Operation",
            f"{each.method} {each.path}",
            f"{each.id} {each.summary} {each.description} {' '.join(contract.fields(each.id))}",
            operation_link(each),
        )
        for each in contract.operations.values()
    ]
    found += [
        _entry("Error", f"{each.status} {each.description}", " ".join(each.examples.values()), link(each))
        for each in errors
    ]
    found += [
        _entry(
            "Question",
            f"{each.subject}{', ' if each.where else ''}{each.where}: {each.text}".replace("`", ""),
            each.assumption,
            f"questions.html#q{each.number}",
        )
        for each in questions
    ]
    found += [
        _entry(
            "Law",
            rule.claim,
            f"{rule.name} {rule.basis} {' '.join(rule.operations)}",
            f"laws.html#{rule.name}",
        )
        for subject in subjects
        for rule in subject.rules
    ]
    return found


def operation_link(operation: Operation) -> str:
    """Where the reference shows an operation; Scalar makes these addresses."""
    return f"reference.html#tag/{operation.tag.lower()}/{operation.id}"


def link(error: Error) -> str:
    """Where the site shows an error."""
    return f"errors.html#e{error.status}"


def _entry(kind: str, title: str, text: str, url: str) -> Entry:
    return {"kind": kind, "title": title, "text": text, "url": url}
