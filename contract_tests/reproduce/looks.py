"""What a script looks at: what must be true of a response for the fault to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.comparing import Step
from contract_tests.reproduce.parts import OF_LISTS, Part
from contract_tests.reproduce.plan import Plan
from contract_tests.reproduce.templates import Templates
from contract_tests.verdict.checks import PAGE_SIZE, VALUES
from contract_tests.verdict.findings import Finding
from contract_tests.verdict.judging import CHECKS
from deals_spec import Contract
from deals_spec.responses import Responses

NO_RESPONSE: Final = 0  # the status of an exchange that was not answered
TYPES: Final = {  # first character of a JSON value → its type
    '"': "string", "t": "boolean", "f": "boolean", "n": "null", "{": "object", "[": "array",
    "0": "number", "-": "integer",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """A fact about a response; the texts are templates.

    About a value: is, isnt, absent; compared with an earlier response (keep): same, changed_by. About the ids
    in a list: order, has, lacks, others. At any of the places that a pattern such as `data.*.value` names:
    some (this value), some_of_type, some_value, lacks_field. Else: lacks_header, unanswered, and show, which
    is for people.
    """

    kind: str
    place: str
    values: tuple[str, ...] = ()


def looks_at(plan: Plan, step: Step, templates: Templates) -> Iterator[Look]:
    """What must be true of the response to a step for the fault to show."""
    finding, exchange = plan.finding, step.exchange
    if not plan.certain:
        yield from [Look("show", "")] if step.cited else []
        return
    if exchange.status == NO_RESPONSE:
        yield Look("unanswered", "")
        return
    if step.cited and finding.rule in CHECKS:
        yield from _of_check(finding, exchange, templates.contract)
        return
    if step.cited or step.parts or exchange.status >= 400:
        yield Look("is", "status", (str(exchange.status),))
    if step.cited and finding.rule == PAGE_SIZE:
        yield from _of_page(finding, exchange)
    if step.cited and finding.rule == VALUES and exchange.method == "GET":
        yield from _saved(finding, exchange)
    yield from _of_parts(step.parts, templates, step.compared_with)
    if step.kept_as:
        yield Look("keep", "", (step.kept_as,))


def _of_parts(parts: list[Part], templates: Templates, compared_with: str) -> Iterator[Look]:
    in_lists = [part for part in parts if part.kind in OF_LISTS]
    rows = {part.place.rpartition(".")[0] for part in parts if part.kind == "value"}
    for place, some in groupby(sorted(in_lists, key=lambda part: part.place), key=lambda part: part.place):
        about_rows = any(row.startswith(f"{place}.@") for row in rows)
        yield from _of_list(list(some), templates, about_rows=about_rows)
    for part in parts:
        place = templates.place(part)
        if "*" in place.split("."):  # in a record whose id the script does not know
            yield from [Look("some", place, (templates.value(part),))] if part.kind == "value" else []
        elif part.kind == "value" and not (part.pointer[-1:] == ("id",) and _has_more(part, parts)):
            yield Look("is", place, (templates.value(part),))
        elif part.kind == "missing":
            yield Look("absent", place)
        elif part.kind == "other":
            yield Look("isnt", place, tuple(part.raw.split()))
        elif part.kind == "changed":
            yield Look("changed_by", place, (compared_with, part.raw))
    if same := tuple(templates.place(part) for part in parts if part.kind == "same"):
        yield Look("same", "", (compared_with, *same))


def _has_more(part: Part, parts: list[Part]) -> bool:
    """Whether more is looked at in the same record."""
    record = part.place.rpartition(".")[0] + "."
    return any(other.place.startswith(record) and other is not part for other in parts)


def _of_page(finding: Finding, exchange: Exchange) -> Iterator[Look]:
    """How many records a page has, or says that it may have: whatever is too many."""
    most, answer = int(re.findall(r"\d+", finding.expected)[-1]), Answer(exchange)
    sizes = [rows.size for rows in answer.rows if rows.place == "data"]
    if max(sizes, default=0) > most:
        yield Look("is", "data.#", (str(sizes[0]),))
    else:
        yield from (Look("is", line.place, (line.raw,)) for line in answer.lines if line.place == "per_page")


def _saved(finding: Finding, exchange: Exchange) -> Iterator[Look]:
    """The value that should not have been saved, wherever the record shows it."""
    write = finding.exchanges[0].request_json
    name = finding.claim.split()[1]  # “a NAME outside its documented values is not saved”
    for line in Answer(exchange).lines:
        if line.pointer[-1:] == (name,) and json.loads(line.raw) == write[name]:
            place = ".".join("*" if isinstance(part, int) else part for part in line.pointer)
            yield Look("some", place, (line.raw,))
            return


def _of_list(parts: list[Part], templates: Templates, *, about_rows: bool) -> Iterator[Look]:
    """The fewest words for what a list must have."""

    def ids(*kinds: str) -> tuple[str, ...]:
        things = (thing for part in parts if part.kind in kinds for thing in part.things)
        return tuple(dict.fromkeys(templates.id_of(thing) for thing in things))

    place = templates.place(parts[0])
    if "*" in place.split("."):  # in a record whose id the script does not know
        return
    order, present, absent = ids("order"), ids("present"), ids("absent")
    if order:
        yield Look("order", place, order)
    elif present:
        yield Look("has", place, present)
    if absent:
        yield Look("lacks", place, absent)
    if sizes := tuple(part.raw for part in parts if part.kind == "size"):
        yield Look("is", f"{place}.#", sizes)
    elif any(part.kind == "others" for part in parts) and not about_rows:
        yield Look("others", place, ids("others"))


def _of_check(finding: Finding, exchange: Exchange, contract: Contract) -> Iterator[Look]:
    yield Look("is", "status", (str(exchange.status),))
    if finding.rule in ("not_a_server_error", "status_code_conformance"):
        return
    if finding.rule == "content_type_conformance":
        yield Look("is", "content-type", (exchange.content_type or "",))
    elif finding.rule == "response_headers_conformance":
        yield Look("lacks_header", finding.claim.rpartition(" ")[2])
    elif finding.claim.endswith("is valid JSON"):
        yield Look("is", "json", ("no",))
    else:
        yield _of_schema(finding, exchange, contract)


def _of_schema(finding: Finding, exchange: Exchange, contract: Contract) -> Look:
    """Where the response has what it should not have, by what was received there."""
    name = finding.subject.rpartition(".")[2]
    if finding.subject == "body" and (wanted := _required(finding, exchange, contract)):
        return Look("lacks_field", "", (wanted,))
    if finding.received == "found at body":
        return Look("absent", name)
    if found := re.fullmatch(r"found at body\.(.*)\.\*", finding.received):
        return Look("some_of_type", found[1], ("object",))
    if found := re.fullmatch(r"found (under|at) body\.?(.*)", finding.received):
        return Look("some_value", f"{found[2]}.{name}" if found[1] == "under" else found[2])
    place, _, shown = finding.received.removeprefix("body").removeprefix(".").partition(" = ")
    if finding.expected.startswith("an object with "):
        return Look("lacks_field", place, (name,))
    raw = _raw(finding, exchange) or shown
    if finding.expected in TYPES.values() or " or " in finding.expected:
        return Look("some_of_type", place, (_type_of(raw, finding.expected),))
    return Look("some", place, (raw,))


def _required(finding: Finding, exchange: Exchange, contract: Contract) -> str:
    """A field that the body should have itself, if it lacks one."""
    schema = Responses(contract.full, contract.named_statuses).schema(finding.operation, exchange.status)
    required = contract.resolve(schema or {}, "full").get("required", [])
    there = {line.pointer for line in Answer(exchange).lines}
    return next((name for name in required if (name,) not in there), "")


def _type_of(raw: str, expected: str) -> str:
    """The type of a value, by how it is written; a number with a fraction may be one of two."""
    if re.match(r"-?\d", raw):
        return "fraction" if re.search("[.eE]", raw) and expected == "integer" else "number"
    return TYPES.get(raw[:1], "string")


def _raw(finding: Finding, exchange: Exchange) -> str:
    """The value that does not match, as the server wrote it."""
    where, _, shown = finding.received.partition(" = ")
    try:
        wanted = json.loads(shown)
    except ValueError:
        return ""
    for line in Answer(exchange).lines:
        place = ".".join(["body", *("*" if isinstance(part, int) else part for part in line.pointer)])
        if place == where and line.raw not in "[{" and json.loads(line.raw) == wanted:
            return line.raw
    return ""
