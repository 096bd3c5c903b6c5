"""The catalogue: each departure shows, where it says it does, to somebody who makes his own data."""

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
from mock_server.departures import (
    Departure,
    UnknownDeparture,
    all_defects,
    all_variations,
    defects,
    listed,
    named,
    variations,
)
from mock_server.departures.variations import living
from mock_server.transport.checking import breach
from tests.mock_server.conftest import contract
from tests.mock_server.departures.settled import settled
from tests.mock_server.departures.walking import Exchange, walked
from tests.mock_server.departures.walks import WALKS

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
    """A walk over the sound mock."""
    return walked(WALKS[subject], settled())


def departing(subject: str, departure: Departure) -> list[Exchange]:
    """The same walk over the departing mock."""
    return walked(WALKS[subject], settled(), departure)


def only_reads(departure: Departure) -> bool:
    return {contract().operations[id_].method for id_ in departure.operations} == {"GET"}


@pytest.mark.parametrize("defect", all_defects().values(), ids=lambda defect: defect.name)
def test_a_defect_shows_in_what_it_names_and_nowhere_else(defect: Departure) -> None:
    pairs = list(zip(sound(defect.subject), departing(defect.subject, defect), strict=True))
    touched = [place for place, (was, _) in enumerate(pairs) if was.operation in defect.operations]
    assert any(was != now for was, now in pairs)
    assert all(was == now for was, now in pairs[: touched[0]])
    if only_reads(defect):
        assert all(was == now for was, now in pairs if was.operation not in defect.operations)


@pytest.mark.parametrize("variation", all_variations().values(), ids=lambda variation: variation.name)
def test_a_variation_shows_and_the_documentation_allows_it(variation: Departure) -> None:
    for subject in WALKS:
        before = sound(subject)
        if not any(asked.operation in variation.operations for asked in before):
            continue
        after = departing(subject, variation)
        assert [fault for answer in after if (fault := undocumented(answer))] == []
        if after != before:
            return
    pytest.fail("No walk shows it")


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


@pytest.mark.parametrize("departure", ALL, ids=lambda departure: departure.name)
def test_a_departure_tells_what_it_is(departure: Departure) -> None:
    assert departure.does.endswith((".", "…", ")"))
    assert departure.documented
    assert departure.operations
    assert set(departure.operations) <= contract().operations.keys()
    assert len(set(departure.operations)) == len(departure.operations)


def test_names_are_of_one_departure_each() -> None:
    packages = (defects, variations)
    modules = [import_module(f"{p.__name__}.{subject}") for p in packages for subject in p.SUBJECTS]
    written = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Departure)]
    assert Counter(departure.name for departure in written).most_common(1)[0][1] == 1
    assert len(written) == len(ALL)


@pytest.mark.parametrize("package", [defects, variations])
def test_every_module_is_a_subject(package: Any) -> None:
    found = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(package.SUBJECTS) == found


def test_a_living_server_lives_in_every_operation() -> None:
    assert {*living.EVERYTHING, "login"} == contract().operations.keys()


def test_there_are_enough_defects_of_every_subject() -> None:
    counts = Counter(defect.subject for defect in all_defects().values())
    assert {subject: counts[subject] for subject, least in LEAST.items() if counts[subject] < least} == {}


@pytest.mark.parametrize("departures", [all_defects(), all_variations()], ids=["defects", "variations"])
def test_the_list_has_every_departure_with_its_words(departures: dict[str, Departure]) -> None:
    text = " ".join(listed(departures, "Documented").split())
    for departure in departures.values():
        words = f"{departure.name} {departure.does} Documented: {departure.documented} Operations:"
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
    with pytest.raises(UnknownDeparture, match=said):
        named(name, all_defects(), "defect")


def test_what_is_shown_of_the_contract_stays_as_it_is() -> None:
    departure = all_defects()["probability-may-be-anything"]
    assert departure.contract(contract()).source == contract().source
    assert contract().schema("Percentage")["maximum"] == 100
