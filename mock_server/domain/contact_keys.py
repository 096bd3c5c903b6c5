"""What tells people of one name apart in a spreadsheet: their email addresses or, failing that, their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from mock_server.domain.fields import deal_record
from mock_server.domain.names import ID, ROLES, loosely
from mock_server.domain.world import World


def spreadsheet_rows(world: World, columns: Iterable[str], now: datetime) -> Iterator[dict[str, Any]]:
    """Every deal by id, with what tells its contacts apart."""
    keys = _contact_keys(world)
    own = [name for name in columns if name not in {role.email for role in ROLES}]
    for deal in world.deals:
        row = deal_record(world, deal, own, now)
        yield row | {role.email: keys.get(getattr(deal, role.field)) for role in ROLES}


def _contact_keys(world: World) -> dict[int | None, str]:
    """By what an import finds each contact again, and no other: the email address or, failing that, `#ID`."""
    addresses = Counter((contact.name, loosely(contact.email)) for contact in world.contacts)
    keys: dict[int | None, str] = {}
    for contact in world.contacts:
        address = contact.email.strip()
        usable = address and not ID.fullmatch(address) and addresses[contact.name, loosely(address)] == 1
        keys[contact.id] = contact.email if usable else f"#{contact.id}"
    return keys
