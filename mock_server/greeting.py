"""What `deals-mock` prints when it is ready: its addresses, and a token for each role."""

from __future__ import annotations

from mock_server.access import Access
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import Clock
from mock_server.contract import MockContract
from mock_server.domain.world import World


def greeting(
    address: str, contract: MockContract, world: World, clock: Clock, access: Access, *notes: str
) -> str:
    """The text printed when the mock is ready; notes that are empty are left out."""
    tokens = Tokens(clock)
    api = address + contract.base_path
    key = f"?key={access.admin_key}" if access.admin_key else ""
    lines = [
        f"Deals mock is ready with {len(world.deals)} deals. Press Ctrl-C to stop.",
        *filter(None, notes),
        "",
        f"  API      {api}",
        f"  Docs     {address}/docs",
        f"  Contract {address}/openapi.json (?view=documented, ?view=full; also openapi.yaml)",
        *([f"  Console  {address}/__admin/{key}"] if access.control else []),
        f"  Health   {address}/__admin/health",
    ]
    for person in one_of_each_role(contract.roles, world):
        token = tokens.issue(person)
        lines += [
            "",
            f"{person.role}: {person.name}, {person.email}",
            f"  token  {token}",
            f'  curl -H "Authorization: Bearer {token}" "{api}/deals?per_page=5"',
        ]
    return "\n".join(lines)
