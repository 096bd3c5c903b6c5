"""The bodies of the control side's contract."""

from __future__ import annotations

from typing import Any

from mock_server.domain.changes import Change
from mock_server.domain.values import to_json
from mock_server.past import Step
from mock_server.store import Store

Body = dict[str, Any]


def done(message: str) -> Body:
    """The body where there is nothing to show."""
    return {"success": True, "message": message}


def world_body(store: Store) -> Body:
    """A world in short."""
    return {
        "name": store.name,
        "deals": len(store.current.deals),
        "changes": len(store.past.done),
        "undone": len(store.past.undone),
        "now": to_json(store.clock.now()),
    }


def clock_body(store: Store) -> Body:
    """The time in a world."""
    return {"now": to_json(store.clock.now()), "frozen": store.clock.stands_still}


def step_body(step: Step) -> Body:
    """One change of a world."""
    cause = step.cause
    return {
        "number": step.number,
        "what": cause.what,
        "at": to_json(cause.at),
        "operation": cause.operation,
        "person": cause.person,
        "changes": [_change_body(change) for change in step.changes()],
    }


def _change_body(change: Change) -> Body:
    return {
        "table": change.table,
        "id": change.id,
        "before": change.before or None,
        "after": change.after or None,
    }
