"""The JSON of deals, made and checked once and then kept with their world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mock_server.checked_json import AT_ONCE, DEAL, DETAILS, FORMAT, CheckedJson
from mock_server.contract import MockContract
from mock_server.domain.fields import deal_record, record
from mock_server.domain.notes import author_of
from mock_server.domain.risk import unchanged_for
from mock_server.domain.world import Deal, World
from mock_server.schemas import Validator

AS_JSON = json.JSONEncoder(**FORMAT).encode  # `json.dumps` would make an encoder for each deal
LAST = datetime.max.replace(tzinfo=UTC)
Shown = CheckedJson | dict[str, Any]  # a deal that is not as the contract says stays unchecked


@dataclass(frozen=True, slots=True)
class DealJson(CheckedJson):
    """The JSON of a deal, by which schema it is right, and when: its risk changes with time."""

    schema: Validator
    since: datetime
    until: datetime


def deals_as_json(world: World, deals: Iterable[Deal], contract: MockContract, now: datetime) -> list[Shown]:
    """Deals as lists and boards show them."""
    names = contract.properties(DEAL)
    return _shown(DEAL, lambda deal: deal_record(world, deal, names, now), world, deals, contract, now)


def details_as_json(world: World, deal: Deal, contract: MockContract, now: datetime) -> Shown:
    """A deal with all details."""
    return _shown(DETAILS, lambda _: deal_details(world, deal, contract, now), world, [deal], contract, now)[
        0
    ]


def deal_details(world: World, deal: Deal, contract: MockContract, now: datetime) -> dict[str, Any]:
    """The record of a deal with all details."""
    shown = deal_record(world, deal, contract.properties(DEAL), now)
    names = contract.properties("Note")
    notes = [record(note, names, author_of(world, note)) for note in world.notes.of(deal.id)]
    return {**shown, "deal_notes": notes}


def _shown(
    part: str,
    make: Callable[[Deal], dict[str, Any]],
    world: World,
    deals: Iterable[Deal],
    contract: MockContract,
    now: datetime,
) -> list[Shown]:
    """The JSON of each deal: what has been kept, or what `make` makes of it and is as the contract says."""
    shown: list[Shown] = []
    fresh: dict[int, DealJson] = {}
    schema, known = contract.validator(part), world.kept.of(part)
    for deal in deals:
        made = known.get(deal.id)
        if made is None or made.schema is not schema or not made.since <= now < made.until:
            value = make(deal)
            if not schema.is_valid(value):
                shown.append(value)
                continue
            until = _until(world, deal, now) if value.get("risk") else LAST  # nothing else changes with time
            made = fresh[deal.id] = DealJson(part, AS_JSON(value).encode(), schema, now, until)
            if len(fresh) == AT_ONCE:  # to keep very many is a single step, in which nobody else is served
                world.kept.keep(part, fresh)
                fresh = {}
        shown.append(made)
    if fresh:
        world.kept.keep(part, fresh)
    return shown


def _until(world: World, deal: Deal, now: datetime) -> datetime:
    """When the risk of a deal may change, if nobody changes anything."""
    span = unchanged_for(world, deal, now)
    return now + span if span < LAST - now else LAST
