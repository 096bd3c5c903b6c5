"""The success bodies of the contract: one envelope, and records with the contract's properties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response

from mock_server.checked_json import DEAL
from mock_server.context import current_mock
from mock_server.deal_json import Shown, deal_details, deals_as_json, details_as_json
from mock_server.domain.fields import deal_record, record
from mock_server.domain.notes import author_of
from mock_server.domain.world import Deal, Note, World

Body = dict[str, Any]
CREATED = 201


def success(data: Any) -> Body:
    """The body of a successful read."""
    return {"success": True, "data": data}


def saved(data: Any, message: str) -> Body:
    """The body of a successful write."""
    return {"success": True, "message": message, "data": data}


def created(data: Any, kind: str) -> tuple[Body, int]:
    """The response to a creation."""
    return saved(data, f"{kind} created successfully"), CREATED


def updated(data: Any, kind: str) -> Body:
    """The body of a successful update."""
    return saved(data, f"{kind} updated successfully")


def deleted(kind: str) -> Body:
    """The body of a successful deletion."""
    return {"success": True, "message": f"{kind} deleted successfully"}


def csv_file(text: str | list[str], name: str) -> Response:
    """A CSV file, whole or in pieces, that is downloaded under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


def deal_body(world: World, deal: Deal) -> Body:
    """A deal as lists and boards show it."""
    return deal_record(world, deal, current_mock().contract.properties(DEAL), current_mock().now)


def deal_bodies(world: World, deals: Sequence[Deal]) -> Sequence[Shown]:
    """Deals as lists and boards show them, as JSON that is kept with the world if it may be."""
    mock = current_mock()
    if mock.keeps:
        return deals_as_json(world, deals, mock.contract, mock.now)
    return [deal_body(world, deal) for deal in deals]


def details_body(world: World, deal: Deal) -> Shown:
    """A deal with all details, as JSON that is kept with the world if it may be."""
    mock = current_mock()
    return (details_as_json if mock.keeps else deal_details)(world, deal, mock.contract, mock.now)


def saved_deal(world: World, deal: Deal) -> Shown:
    """A deal as the response to a write shows it."""
    return deal_bodies(world, [deal])[0]


def note_body(world: World, note: Note) -> Body:
    """A note with its author."""
    return record(note, current_mock().contract.properties("Note"), author_of(world, note))


def record_body(kind: str, item: object) -> Body:
    """Any other record, with the properties of its schema in the contract (`"Task"`)."""
    return record(item, current_mock().contract.properties(kind))


def record_bodies(kind: str, items: Iterable[object]) -> list[Body]:
    """Records of one kind."""
    return [record_body(kind, item) for item in items]
