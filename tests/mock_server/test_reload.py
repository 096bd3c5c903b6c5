"""`--reload`: an edit is served at once, what fits is kept, and a mistake is told with its line."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deals_spec.document import CHECKOUT
from tests.mock_server.processes import MockProcess, mock_process

FIXTURE = """\
deals:
- {id: 1, name: First deal, stage_id: 1, stage_entered_at: -3d, created_at: -3d, updated_at: -3d}
- id: 2
  name: Second
  stage_id: 1
  stage_entered_at: -3d
  created_at: -3d
  updated_at: -3d
"""
LONGEST_NAME = "      minLength: 1\n      maxLength: 255"


@dataclass
class Edited:
    """A mock whose contract and fixture are files of this test."""

    mock: MockProcess
    contract: Path
    fixture: Path

    def edit(self, path: Path, old: str, new: str) -> str:
        """Edit a file; what the mock says."""
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return self.said()

    def said(self) -> str:
        line: str = self.mock.process.stderr.readline()
        return line

    def names(self, world: str = "") -> list[str]:
        answer = self.mock.send("GET", "/api/deals", world=world)
        assert answer.status_code == 200, answer.text
        return sorted(deal["name"] for deal in answer.json()["data"])

    def rename(self, name: str, world: str = "") -> int:
        return self.mock.send(
            "PUT", "/api/deals/2", world=world, json={"name": name, "stage_id": 1}
        ).status_code

    def line_of(self, path: Path, text: str) -> int:
        before, found, _ = path.read_text("utf-8").partition(text)
        assert found
        return before.count("\n") + 1


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Edited]:
    contract, fixture = tmp_path / "deals.yaml", tmp_path / "mine.yaml"
    contract.write_bytes(CHECKOUT.read_bytes())
    fixture.write_text(FIXTURE)
    options = ("--reload", "--contract", str(contract), "--fixture", str(fixture))
    with mock_process(*options) as mock:
        assert f"Edits are served at once: {contract}, {fixture}" in mock.greeting
        yield Edited(mock, contract, fixture)


def test_an_edit_of_the_contract_is_served_and_worlds_are_kept(edited: Edited) -> None:
    assert edited.rename("Kept here") == 200
    assert edited.rename("Kept there", "mine") == 200
    said = edited.edit(edited.contract, LONGEST_NAME, LONGEST_NAME.replace("255", "10"))
    assert said == f"deals-mock: {edited.contract}: serving the edit; all worlds are kept\n"
    assert edited.rename("Eleven char") == 422
    assert edited.rename("Ten chars.", "mine") == 200
    assert edited.names() == ["First deal", "Kept here"]
    assert edited.names("mine") == ["First deal", "Ten chars."]
    assert edited.mock.send("POST", "/__admin/undo", world="mine").status_code == 200
    assert edited.names("mine") == ["First deal", "Kept there"]


def test_a_world_that_does_not_fit_any_more_begins_anew_and_others_are_kept(edited: Edited) -> None:
    assert edited.rename("Much too long a name", "long") == 200
    assert edited.rename("Short", "short") == 200
    said = edited.edit(edited.contract, LONGEST_NAME, LONGEST_NAME.replace("255", "10"))
    assert "serving the edit; world long begins anew (deal 2: name: must have at most 10 characters" in said
    assert "short" not in said
    assert edited.names("long") == ["First deal", "Second"]
    assert edited.names("short") == ["First deal", "Short"]


def test_a_base_world_that_does_not_fit_begins_anew_if_its_fixture_does(edited: Edited) -> None:
    assert edited.rename("Much too long a name") == 200
    said = edited.edit(edited.contract, LONGEST_NAME, LONGEST_NAME.replace("255", "10"))
    assert "serving the edit; world base begins anew (deal 2: name: " in said
    assert edited.names() == ["First deal", "Second"]
    said = edited.edit(edited.contract, "maxLength: 10\n", "maxLength: 6\n")
    assert said.startswith(f"deals-mock: {edited.fixture}:2: deal 1: name: must have at most 6 characters")
    assert edited.rename("Ten chars.") == 200


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("operationId: listDeals", "operationId: [listDeals", "cannot be read: "),
        (
            "operationId: listDeals",
            "operationId: listOffers",
            "no handler in mock_server/handlers: listOffers",
        ),
        ("listDeals\n      tags", "listDeals\n      x-fields", "tags is missing"),
        ("x-required-role: admin", "x-required-roll: admin", "x-required-roll: unknown key; must be one of"),
        ("type: boolean", "type: bool", "'bool' is not one of ["),
        (
            "$ref: '#/components/schemas/Day'",
            "$ref: '#/components/schemas/Dai'",
            "#/components/schemas/Dai is not",
        ),
    ],
)
def test_a_broken_contract_is_told_with_its_line_and_not_served(
    edited: Edited, old: str, new: str, reason: str
) -> None:
    line = edited.line_of(edited.contract, old)
    said = edited.edit(edited.contract, old, new)
    place, _, why = said.removeprefix(f"deals-mock: {edited.contract}:").partition(": ")
    assert abs(int(place) - line) <= 1  # of the key above; or of the next line, where a bracket is missed
    assert why.startswith(reason)
    assert why.endswith("; what was served before the edit still is\n")
    assert edited.names() == ["First deal", "Second"]
    assert "serving the edit" in edited.edit(edited.contract, new, old)


def test_an_edit_of_the_fixture_begins_the_base_world_anew_and_keeps_copies(edited: Edited) -> None:
    assert edited.rename("In a copy", "mine") == 200
    assert edited.rename("In the base world") == 200
    said = edited.edit(edited.fixture, "First deal", "Edited deal")
    assert said == f"deals-mock: {edited.fixture}: the base world begins anew with the edit\n"
    assert edited.names() == ["Edited deal", "Second"]
    assert edited.names("mine") == ["First deal", "In a copy"]
    assert edited.names("made-later") == ["Edited deal", "Second"]
    assert edited.rename("Changed") == 200
    assert edited.mock.send("POST", "/__admin/reset").status_code == 200
    assert edited.names() == ["Edited deal", "Second"]


def test_a_fixture_may_get_a_clock(edited: Edited) -> None:
    edited.edit(edited.fixture, "deals:\n", "clock: 2030-01-01\ndeals:\n")
    now = edited.mock.send("GET", "/__admin/clock").json()["now"]
    assert now == "2026-02-09T12:00:00.000000Z"  # --now counts more
    said = edited.edit(edited.fixture, "2030-01-01", "soon")
    assert said.startswith(f"deals-mock: {edited.fixture}:1: clock: 'soon' is not a valid time")


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("name: Second", "name: a: b", 4, "mapping values are not allowed"),
        ("name: Second", "nome: Second", 4, "deal 2: nome: unknown field; must be one of"),
        ("created_at: -3d\n", "created_at: soon\n", 7, "deal 2: created_at: must be a timestamp"),
        ("stage_id: 1\n", "stage_id: 99\n", 5, "deal 2: stage_id: 99 not found in stages"),
        ("id: 2", "id: 1", 3, "deal 1: id: is already used by another record"),
        ("deals:", "dials:", 1, "dials: unknown key; must be one of"),
    ],
)
def test_a_broken_fixture_is_told_with_its_line_and_not_served(
    edited: Edited, old: str, new: str, at: int, reason: str
) -> None:
    said = edited.edit(edited.fixture, old, new)
    assert said.startswith(f"deals-mock: {edited.fixture}:{at}: {reason}")
    assert said.endswith("; what was served before the edit still is\n")
    assert edited.names() == ["First deal", "Second"]


def test_a_request_in_flight_ends_as_it_began_and_the_socket_stays_open(edited: Edited) -> None:
    body = b'{"name": "Eleven char", "stage_id": 1}'
    head = f"PUT /api/deals/2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {edited.mock.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    host, port = edited.mock.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head.encode() + body[:5])
        assert edited.names() == ["First deal", "Second"]  # so the head has been read
        said = edited.edit(edited.contract, LONGEST_NAME, LONGEST_NAME.replace("255", "10"))
        assert "serving the edit" in said
        connection.sendall(body[5:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        assert edited.rename("Eleven char") == 422


def test_a_file_that_is_replaced_or_saved_unchanged_is_no_edit(edited: Edited) -> None:
    assert edited.rename("Kept") == 200
    other = edited.fixture.with_suffix(".new")
    other.write_text(FIXTURE)
    other.rename(edited.fixture)
    edited.contract.touch()
    assert "all worlds are kept" in edited.edit(edited.contract, "title: Revenue", "title: The Revenue")
    assert edited.names() == ["First deal", "Kept"]
    edited.fixture.unlink()
    assert edited.said().startswith(f"deals-mock: {edited.fixture}: ")
    edited.fixture.write_text(FIXTURE)
    assert "begins anew" in edited.said()


def test_a_reference_to_itself_is_named_and_the_next_edit_is_served(edited: Edited) -> None:
    said = edited.edit(
        edited.contract, "  schemas:\n", "  schemas:\n    Loop: { $ref: '#/components/schemas/Loop' }\n"
    )
    assert re.search(r"deals\.yaml:\d+: #/components/schemas/Loop refers to itself; what was served", said)
    said = edited.edit(edited.contract, "    Loop: { $ref: '#/components/schemas/Loop' }\n", "")
    assert "serving the edit" in said
