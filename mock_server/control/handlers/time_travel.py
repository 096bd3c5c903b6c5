"""Time travel: back, forth, to a snapshot, and what changed on the way."""

from __future__ import annotations

from itertools import islice

from flask import Response

from mock_server.control.context import current_control
from mock_server.control.refusals import NoSuch, NotNow
from mock_server.control.responses import Body, done, step_body, world_body
from mock_server.errors import BadRequest
from mock_server.past import MOST_SNAPSHOTS
from mock_server.worldfile import save_world


def reset_world() -> Body:
    """Go back to how the world began."""
    control = current_control()
    control.store.reset(control.cause("reset"))
    return world_body(control.store)


def undo_change() -> Body:
    """Take back the latest change."""
    store = current_control().store
    if not store.undo():
        raise NotNow("There is no change to undo")
    return world_body(store)


def redo_change() -> Body:
    """Redo the change that was taken back last."""
    store = current_control().store
    if not store.redo():
        raise NotNow("There is no change to redo")
    return world_body(store)


def list_changes(query: Body) -> Body:
    """What changed the world, the latest change first."""
    past = current_control().store.past
    latest = islice(reversed(past.done), query["limit"])
    return {"data": [step_body(step) for step in latest], "undone": len(past.undone)}


def list_snapshots() -> Body:
    """The names of the snapshots."""
    return {"data": list(current_control().store.past.snapshots)}


def save_snapshot(name: str) -> Body:
    """Save the world under a name."""
    store, naming = current_control().store, current_control().contract.naming
    if not naming.allows(name):
        raise BadRequest(naming.says)
    if not store.past.save(name, store.present):
        raise NotNow(f"A world has at most {MOST_SNAPSHOTS} snapshots; delete one first")
    return world_body(store)


def restore_snapshot(name: str) -> Body:
    """Go back to a snapshot."""
    control = current_control()
    point = control.store.past.snapshots.get(name)
    if point is None:
        raise NoSuch("snapshot", name)
    control.store.go_to(point, control.cause(f"restore {name}"))
    return world_body(control.store)


def delete_snapshot(name: str) -> Body:
    """Delete a snapshot."""
    if not current_control().store.past.forget(name):
        raise NoSuch("snapshot", name)
    return done(f"Snapshot {name} deleted")


def export_world() -> Response:
    """The world as a fixture file."""
    store = current_control().store
    content = save_world(store.current, store.clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{store.name}.yaml"'}
    return Response(content, content_type="application/yaml", headers=headers)
