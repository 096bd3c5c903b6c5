"""What `deals-mock` says when it is ready, to people or programs: its addresses, a token for each role."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from mock_server.access import Access
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import Clock
from mock_server.contract import MockContract
from mock_server.domain.world import User, World

EXAMPLE_WORLD: Final = "/worlds/my-test"


@dataclass(frozen=True)
class Greeting:
    """The greeting of a mock at an address; notes that are empty are left out."""

    address: str
    contract: MockContract
    world: World
    clock: Clock
    access: Access
    facts: Mapping[str, object]  # those of the health page
    notes: tuple[str, ...] = ()
    made_key: str | None = None  # an admin key that nobody has given
    require_world: bool = False  # what people can copy then names one

    @cached_property
    def _tokens(self) -> dict[str, tuple[User, str]]:
        people = one_of_each_role(self.contract.roles, self.world)
        return {person.role: (person, Tokens(self.clock).issue(person)) for person in people}

    @property
    def _named(self) -> str:
        """The address below which requests name a world, if they must."""
        return self.address + (EXAMPLE_WORLD if self.require_world else "")

    @property
    def _places(self) -> dict[str, str]:
        key = f"?key={self.access.admin_key}" if self.access.admin_key else ""
        console = {"console": f"{self.address}/__admin/{key}"} if self.access.control else {}
        return {
            "api": self.address + self.contract.base_path,
            "docs": f"{self._named}/docs",
            "contract": f"{self._named}/openapi.json",
            **console,
            "health": f"{self.address}/__admin/health",
        }

    @property
    def text(self) -> str:
        """For people."""
        shown = {"api": "API"}
        more = {"contract": " (?view=documented, ?view=full; also openapi.yaml)"}
        lines = [
            f"Deals mock is ready with {len(self.world.deals)} deals. Press Ctrl-C to stop.",
            *filter(None, self.notes),
            "",
            *(
                f"  {shown.get(name, name.title()):9}{place}{more.get(name, '')}"
                for name, place in self._places.items()
            ),
        ]
        api = self._named + self.contract.base_path
        for role, (person, token) in self._tokens.items():
            lines += [
                "",
                f"{role}: {person.name}, {person.email}",
                f"  token  {token}",
                f'  curl -H "Authorization: Bearer {token}" "{api}/deals?per_page=5"',
            ]
        return "\n".join(lines)

    @property
    def json(self) -> str:
        """For programs, in one line."""
        key = {"admin_key": self.made_key} if self.made_key else {}
        told = {
            "address": self.address,
            **self._places,
            "tokens": {role: token for role, (_, token) in self._tokens.items()},
            **key,
            **self.facts,
            "deals": len(self.world.deals),
            "pid": os.getpid(),
            "notes": [note for note in self.notes if note],
        }
        return json.dumps(told, ensure_ascii=False)
