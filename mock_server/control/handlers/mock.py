"""The mock itself."""

from __future__ import annotations

from mock_server.control.context import current_control
from mock_server.control.responses import Body


def get_health() -> Body:
    """Whether the mock is up."""
    control = current_control()
    worlds = control.worlds
    return {
        "status": "ok",
        **control.facts,
        "deals": len(worlds.base.current.deals),
        "worlds": len(worlds.names),
    }
