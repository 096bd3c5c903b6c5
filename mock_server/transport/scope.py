"""What layers tell each other about a request, in its scope."""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

from mock_server.store import Store

# In the extensions of a scope.
ROUTING: Final = "connexion_routing"  # the operation, where Connexion's layers look for it
CONTEXT: Final = "connexion_context"  # what handlers see of a request
WORLD_IN_PATH: Final = "world"  # the name of a world, if the path has one
CUT: Final = "cut"  # closes the connection at once
ENDLESS: Final = "endless"  # tells the connection that this response has no end

# In the context.
STORE: Final = "store"  # the world
WRITTEN: Final = "written"  # the body that the handler has returned, and its outline
NAMED: Final = "named"  # the name of a world, as the request gives it
ANSWERED_BY: Final = "answered_by"  # what has answered, if not the API
SENT_BY: Final = "sent_by"  # who has sent it, if not a client


def operation_of(scope: Scope) -> str | None:
    """The id of the operation that a request belongs to; None before it is routed, or if it has none."""
    found: str | None = (scope.get("extensions") or {}).get(ROUTING, {}).get("operation_id")
    return found


def store_of(scope: Scope) -> Store:
    """The store of the world that a request is about."""
    store: Store = scope["extensions"][CONTEXT][STORE]
    return store
