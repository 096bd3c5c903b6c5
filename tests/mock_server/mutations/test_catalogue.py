"""The catalogue: each mutation shows, where it says it does, to somebody who makes his own data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from deals_spec.views import ANY_SUCCESS, documented_view
from mock_server.contract import MockContract
from mock_server.mutations import (
    Mutation,
    UnknownMutationError,
    all_defects,
    all_variations,
    catalogue_text,
    defects,
    mutation_named,
    variations,
)
from mock_server.mutations.variations import live_server
from mock_server.transport.checking import breach
from tests.mock_server.conftest import contract
from tests.mock_server.mutations.base_world import base_world
from tests.mock_server.mutations.scripted_client import Exchange, exchanges_of
from tests.mock_server.mutations.sessions import SESSIONS

ALL = [*all_defects().values(), *all_variations().values()]
LEAST = {  # how many defects there must be of each subject at least
    "paging": 9,
    "filters": 12,
    "sorting": 6,
    "fields": 12,
    "writes": 14,
    "stages": 8,
    "tasks": 10,
    "notes and emails": 10,
    "files": 6,
    "access": 6,
    "robustness": 8,
}


@cache
def sound(subject: str) -> list[Exchange]:
    """A session with the sound mock."""
    return exchanges_of(SESSIONS[subject], base_world())


def mutated(subject: str, mutation: Mutation) -> list[Exchange]:
    """The same session with the mutated mock."""
    return exchanges_of(SESSIONS[subject], base_world(), mutation)


def only_reads(mutation: Mutation) -> bool:
    return {contract().operations[id_].method for id_ in mutation.operations} == {"GET"}


@pytest.mark.parametrize("defect", all_defects().values(), ids=lambda defect: defect.name)
def test_a_defect_shows_in_what_it_names_and_nowhere_else(defect: Mutation) -> None:
    pairs = list(zip(sound(defect.subject), mutated(defect.subject, defect), strict=True))
    touched = [place for place, (was, _) in enumerate(pairs) if was.operation in defect.operations]
    assert any(was != now for was, now in pairs)
    assert all(was == now for was, now in pairs[: touched[0]])
    if only_reads(defect):
        assert all(was == now for was, now in pairs if was.operation not in defect.operations)


@pytest.mark.parametrize("variation", all_variations().values(), ids=lambda variation: variation.name)
def test_a_variation_shows_and_the_documentation_allows_it(variation: Mutation) -> None:
    for subject in SESSIONS:
        before = sound(subject)
        if not any(asked.operation in variation.operations for asked in before):
            continue
        after = mutated(subject, variation)
        assert [fault for answer in after if (fault := undocumented(answer))] == []
        if after != before:
            return
    pytest.fail("No session shows it")


def undocumented(answer: Exchange) -> str | None:
    """What about an answer the documentation does not allow."""
    operation = documented().operations[answer.operation or ""]
    # The documentation names statuses for the whole API: an error may come from any operation.
    operation = replace(operation, responses={**errors(), **operation.responses})
    if operation.responses.get(answer.status) == {}:
        return None  # of this body nothing is said
    found = breach(operation, answer.status, answer.content_type, answer.body.encode())
    return f"{answer.asked}: {answer.status}, but {found}" if found else None


def errors() -> dict[int, Any]:
    """The errors of any operation that has them all."""
    responses = documented().operations["updateDeal"].responses
    return {status: body for status, body in responses.items() if status >= 400}


@cache
def documented() -> MockContract:
    """The contract without our guesses; where the status of a success is one, both may come."""
    document: Any = documented_view(dict(contract().document))
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            if ANY_SUCCESS in responses:
                success = responses.pop(ANY_SUCCESS)
                responses |= {"200": success, "201": success}
    return MockContract(contract().source, document)


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_a_mutation_tells_what_it_is(mutation: Mutation) -> None:
    assert mutation.does.endswith((".", "…", ")"))
    assert mutation.documented
    assert mutation.operations
    assert set(mutation.operations) <= contract().operations.keys()
    assert len(set(mutation.operations)) == len(mutation.operations)


def test_names_are_of_one_mutation_each() -> None:
    packages = (defects, variations)
    modules = [import_module(f"{p.__name__}.{subject}") for p in packages for subject in p.SUBJECTS]
    written = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Mutation)]
    assert Counter(mutation.name for mutation in written).most_common(1)[0][1] == 1
    assert len(written) == len(ALL)


@pytest.mark.parametrize("package", [defects, variations])
def test_every_module_is_a_subject(package: Any) -> None:
    found = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(package.SUBJECTS) == found


def test_a_living_server_lives_in_every_operation() -> None:
    assert {*live_server.EVERYTHING, "login"} == contract().operations.keys()


def test_there_are_enough_defects_of_every_subject() -> None:
    counts = Counter(defect.subject for defect in all_defects().values())
    assert {subject: counts[subject] for subject, least in LEAST.items() if counts[subject] < least} == {}


@pytest.mark.parametrize(
    ("kind", "mutations", "label"),
    [("defect", all_defects(), "Documented"), ("variation", all_variations(), "Legal, as")],
)
def test_the_list_has_every_mutation_with_its_words(
    kind: str, mutations: dict[str, Mutation], label: str
) -> None:
    text = " ".join(catalogue_text(kind).split())
    for mutation in mutations.values():
        words = f"{mutation.name} {mutation.does} {label}: {mutation.documented} Operations:"
        assert " ".join(words.split()) in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page-ignored", "did you mean page-is-ignored"),
        ("Page_Is_Ignored", "did you mean page-is-ignored"),
        ("emoji", "did you mean emoji-become-question-marks"),
        ("xyzzy", "--list-defects names them all"),
        ("", "--list-defects names them all"),
    ],
)
def test_an_unknown_name_is_told_its_neighbours(name: str, said: str) -> None:
    with pytest.raises(UnknownMutationError, match=said):
        mutation_named(name, "defect")


def test_what_is_shown_of_the_contract_stays_as_it_is() -> None:
    mutation = all_defects()["probability-may-be-anything"]
    assert mutation.contract(contract()).source == contract().source
    assert contract().schema("Percentage")["maximum"] == 100
