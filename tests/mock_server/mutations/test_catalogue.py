"""The catalogue: each mutation changes responses of its operations, for a client with its own data."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from deals_spec.responses import JSON_TYPE
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
MINIMUM = {  # number of defects of each subject
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
def unmodified(subject: str) -> list[Exchange]:
    """A session with the unmodified mock."""
    return exchanges_of(SESSIONS[subject], base_world())


def mutated(subject: str, mutation: Mutation) -> list[Exchange]:
    """The same session with the mutated mock."""
    return exchanges_of(SESSIONS[subject], base_world(), mutation)


def only_reads(mutation: Mutation) -> bool:
    return {contract().operations[id_].method for id_ in mutation.operations} == {"GET"}


@pytest.mark.parametrize("defect", all_defects().values(), ids=lambda defect: defect.name)
def test_a_defect_changes_responses_only_from_its_operations_on(defect: Mutation) -> None:
    pairs = list(zip(unmodified(defect.subject), mutated(defect.subject, defect), strict=True))
    touched = [place for place, (was, _) in enumerate(pairs) if was.operation in defect.operations]
    assert any(was != now for was, now in pairs)
    assert all(was == now for was, now in pairs[: touched[0]])
    if only_reads(defect):
        assert all(was == now for was, now in pairs if was.operation not in defect.operations)


@pytest.mark.parametrize("variation", all_variations().values(), ids=lambda variation: variation.name)
def test_a_variation_changes_responses_and_the_documentation_allows_it(variation: Mutation) -> None:
    for subject in SESSIONS:
        before = unmodified(subject)
        if not any(exchange.operation in variation.operations for exchange in before):
            continue
        after = mutated(subject, variation)
        assert [fault for response in after if (fault := undocumented(response))] == []
        if after != before:
            return
    pytest.fail("No session shows a difference")


def undocumented(response: Exchange) -> str | None:
    """What in a response contradicts the documentation."""
    operation = documented().compiled[response.operation or ""]
    # The documentation names statuses for the whole API: an error may come from any operation.
    operation = replace(operation, responses={**errors(), **operation.responses})
    if operation.responses.get(response.status) == {}:
        return None  # this body is not documented
    kind = re.sub(r"application/\S+\+json", JSON_TYPE, response.content_type)  # no content type is documented
    found = breach(operation, response.status, kind, response.body.encode())
    return f"{response.request}: {response.status}, but {found}" if found else None


def errors() -> dict[int, Any]:
    """The errors of an operation that has all of them."""
    responses = documented().compiled["updateDeal"].responses
    return {status: body for status, body in responses.items() if status >= 400}


@cache
def documented() -> MockContract:
    """The contract without inferred parts; 200 and 201 are allowed where the success status is inferred."""
    document: Any = documented_view(dict(contract().document))
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            if ANY_SUCCESS in responses:
                success = responses.pop(ANY_SUCCESS)
                responses |= {"200": success, "201": success}
    return MockContract(contract().source, document)


@pytest.mark.parametrize("mutation", ALL, ids=lambda mutation: mutation.name)
def test_a_mutation_has_a_description(mutation: Mutation) -> None:
    assert mutation.does.endswith((".", "…", ")"))
    assert mutation.documented
    assert mutation.operations
    assert set(mutation.operations) <= contract().operations.keys()
    assert len(set(mutation.operations)) == len(mutation.operations)


def test_names_are_unique() -> None:
    packages = (defects, variations)
    modules = [import_module(f"{p.__name__}.{subject}") for p in packages for subject in p.SUBJECTS]
    defined = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Mutation)]
    assert Counter(mutation.name for mutation in defined).most_common(1)[0][1] == 1
    assert len(defined) == len(ALL)


@pytest.mark.parametrize("package", [defects, variations])
def test_every_module_is_a_subject(package: Any) -> None:
    found = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(package.SUBJECTS) == found


def test_the_live_server_variations_cover_every_operation() -> None:
    assert {*live_server.EVERYTHING, "login"} == contract().operations.keys()


def test_every_subject_has_enough_defects() -> None:
    counts = Counter(defect.subject for defect in all_defects().values())
    assert {
        subject: counts[subject] for subject, minimum in MINIMUM.items() if counts[subject] < minimum
    } == {}


@pytest.mark.parametrize(
    ("kind", "mutations", "label"),
    [("defect", all_defects(), "Documented"), ("variation", all_variations(), "Allowed because")],
)
def test_the_list_contains_every_mutation_with_its_description(
    kind: str, mutations: dict[str, Mutation], label: str
) -> None:
    text = " ".join(catalogue_text(kind).split())
    for mutation in mutations.values():
        words = f"{mutation.name} {mutation.does} {label}: {mutation.documented} Operations:"
        assert " ".join(words.split()) in text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("page-ignored", "did you mean page-is-ignored"),
        ("Page_Is_Ignored", "did you mean page-is-ignored"),
        ("emoji", "did you mean emoji-become-question-marks"),
        ("xyzzy", "see --list-defects"),
        ("", "see --list-defects"),
    ],
)
def test_an_unknown_name_returns_suggestions(name: str, message: str) -> None:
    with pytest.raises(UnknownMutationError, match=message):
        mutation_named(name, "defect")


def test_the_published_contract_does_not_change() -> None:
    mutation = all_defects()["probability-may-be-anything"]
    assert mutation.contract(contract()).source == contract().source
    assert contract().schema("Percentage")["maximum"] == 100
