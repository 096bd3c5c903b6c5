"""The JSON of deals, made and checked once and then kept with their world."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mock_server.checked_json import FORMAT, PART, CheckedJson
from mock_server.contract import MockContract
from mock_server.domain.fields import deal_record
from mock_server.domain.risk import unchanged_for
from mock_server.domain.world import Deal, World
from mock_server.schemas import Validator

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class DealJson(CheckedJson):
    """The JSON of a deal, by which schema it is right, and for how long: its risk changes with time."""

    schema: Validator
    at: datetime
    right_for: timedelta

    def is_right(self, schema: Validator, now: datetime) -> bool:
        return self.schema is schema and NO_TIME <= now - self.at < self.right_for


def deals_as_json(
    world: World, deals: Iterable[Deal], contract: MockContract, now: datetime
) -> list[CheckedJson | dict[str, Any]]:
    """Deals as lists and boards show them; a deal that is not as the contract says stays unchecked."""
    shown: list[CheckedJson | dict[str, Any]] = []
    fresh: dict[int, DealJson] = {}
    names, schema = contract.properties(PART), contract.validator(PART)
    for deal in deals:
        made = world.kept.get(deal.id)
        if made is None or not made.is_right(schema, now):
            record = deal_record(world, deal, names, now)
            if not schema.is_valid(record):
                shown.append(record)
                continue
            text = json.dumps(record, **FORMAT).encode()
            made = fresh[deal.id] = DealJson(text, schema, now, unchanged_for(world, deal, now))
        shown.append(made)
    if fresh:
        world.kept.keep(fresh)
    return shown
