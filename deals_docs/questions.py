"""What the documentation leaves open: every guess of the contract as a question to the people of the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contract_tests.laws import Law
from deals_spec import Contract
from deals_spec.marks import Guess, guesses
from deals_spec.places import Place, lines_of
from deals_spec.provenance import node_at
from deals_spec.views import COMPONENTS, references

KINDS: Final = {
    "headers": "header",
    "parameters": "parameter",
    "requestBodies": "request body",
    "responses": "response",
    "schemas": "schema",
}
EVERYTHING: Final = "All operations"


@dataclass(frozen=True, slots=True)
class Question:
    """One guess, to be confirmed or corrected."""

    number: int
    subject: str  # the operation or component that it is about
    where: str  # the place in it; empty if it is about the whole
    text: str
    assumption: str
    operations: tuple[str, ...]  # that depend on the answer
    laws: tuple[str, ...]  # that do
    line: int  # in the contract's file


def questions(contract: Contract, laws: Iterable[Law]) -> list[Question]:
    """A question for each guess, in the contract's order."""
    document = contract.document
    lines = lines_of(contract.source)
    used = _users(contract)
    judged_by = _laws_by_place(contract, laws)
    found = []
    for number, guess in enumerate(guesses(document), 1):
        subject, where = _named(contract, guess)
        found.append(
            Question(
                number,
                subject,
                where,
                guess.question,
                f"{guess.assumption[0].upper()}{guess.assumption[1:]}",
                _depending(contract, guess.place, used),
                judged_by.get(_property(guess)) or judged_by.get(_component(guess.place), ()),
                lines.of((*guess.place, guess.keyword)),
            )
        )
    return found


def _named(contract: Contract, guess: Guess) -> tuple[str, str]:
    """What a guess is about, as words: the subject, and the place in it."""
    place = guess.place
    if not place:
        return EVERYTHING, ""
    if place[0] == "components":
        subject, rest = f"{KINDS.get(str(place[1]), str(place[1]))} `{place[2]}`", place[3:]
    else:
        subject, rest = f"operation `{node_at(contract.document, place[:3])['operationId']}`", place[3:]
    member = guess.keyword.partition(".")[2]
    parts = [*_parts(contract, place[: len(place) - len(rest)], rest)]
    return subject[0].upper() + subject[1:], ", ".join([*parts, *([f"field `{member}`"] if member else [])])


def _parts(contract: Contract, above: Place, rest: Place) -> Iterator[str]:
    """The steps of a place that mean something to people."""
    keys = iter(rest)
    place = tuple(above)
    for key in keys:
        place = (*place, key)
        if key in ("parameters", "properties", "headers", "responses"):
            name = next(keys, "")
            place = (*place, name)
            if key == "parameters":
                name = node_at(contract.document, place)["name"]
            yield f"{'field' if key == 'properties' else str(key).removesuffix('s')} `{name}`"
        elif key == "requestBody":
            yield "request body"
        elif key == "items":
            yield "each item"
        elif key == "x-csv-row":
            yield "column"


def _users(contract: Contract) -> dict[str, tuple[str, ...]]:
    """The operations that use each component, directly or through others."""
    found: dict[str, list[str]] = {}
    for operation in contract.operations.values():
        node = contract.document["paths"][operation.path][operation.method.lower()]
        for reference in references(contract.document, node):
            found.setdefault(reference, []).append(operation.id)
    return {reference: tuple(users) for reference, users in found.items()}


def _depending(contract: Contract, place: Place, used: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not place:
        return tuple(contract.operations)
    if component := _component(place):
        return used.get(component, ())
    return (str(node_at(contract.document, place[:3])["operationId"]),)


def _property(guess: Guess) -> str:
    """The property that a guess is about, as laws name it: `Deal.risk`."""
    place = guess.place
    member = guess.keyword.partition(".")[2]
    name = member or (str(place[-1]) if len(place) > 2 and place[-2] == "properties" else "")
    return f"{place[2]}.{name}" if name and place[0] == "components" else ""


def _component(place: Place) -> str:
    return f"{COMPONENTS}{place[1]}/{place[2]}" if place and place[0] == "components" else ""


def _laws_by_place(contract: Contract, laws: Iterable[Law]) -> dict[str, tuple[str, ...]]:
    """The laws that need a property, or a component that the property refers to."""
    found: dict[str, dict[str, None]] = {}
    for law in laws:
        for name in law.about:
            schema, _, property_ = name.partition(".")
            node = node_at(contract.document, ("components", "schemas", schema, "properties", property_))
            for needed in (name, *references(contract.document, node)):
                found.setdefault(needed, {})[law.name] = None
    return {needed: tuple(names) for needed, names in found.items()}
