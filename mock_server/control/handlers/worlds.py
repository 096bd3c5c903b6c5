"""Worlds: copies of the base world, and worlds that begin otherwise."""

from __future__ import annotations

from mock_server.control.context import current_control
from mock_server.control.refusals import NoSuchWorld
from mock_server.control.responses import Body, described, done, world_body
from mock_server.domain.refusals import Invalid
from mock_server.errors import BadRequest
from mock_server.past import Point
from mock_server.worldfile import DEFAULT_FIXTURE, WorldFileError, fixture_names, load_beginning
from mock_server.worlds import BASE


def list_worlds() -> Body:
    """All worlds."""
    worlds = current_control().worlds
    stores = [store for name in worlds.names if (store := worlds.get(name))]
    return {"data": [world_body(store) for store in stores], "removed": list(worlds.removed)}


def create_world(name: str, body: Body | None) -> tuple[Body, int]:
    """Create a world, or begin it anew."""
    control = current_control()
    _check_name(name)
    if name == BASE:
        store = control.worlds.base
        cause = control.cause(f"a new beginning as {described(body or {}) or 'the mock was started'}")
        store.begin_anew(_beginning(body) if body else control.worlds.start, cause)
    else:
        store = control.worlds.create(name, _beginning(body or {}))
    return world_body(store), 201


def delete_world(name: str) -> Body:
    """Delete a world."""
    if name == BASE:
        raise BadRequest("The base world cannot be deleted; reset it, or give it another beginning")
    worlds = current_control().worlds
    if not worlds.delete(name):
        raise NoSuchWorld(name, worlds.names)
    return done(f"World {name} deleted")


def _check_name(name: str) -> None:
    naming = current_control().contract.naming
    if not naming.allows(name):
        raise BadRequest(naming.says)


def _beginning(body: Body) -> Point:
    """How a world begins that a body describes."""
    seeded = body.keys() & {"fixture", "deals", "seed"}
    if seeded and "from" in body:
        raise Invalid({"from": f"from cannot be combined with {' and '.join(sorted(seeded))}"})
    if seeded:
        return _seeded(body)
    name = body.get("from", BASE)
    worlds = current_control().worlds
    store = worlds.get(name)
    if store is None:
        raise NoSuchWorld(name, worlds.names)
    return store.present


def _seeded(body: Body) -> Point:
    """The beginning of a fixture; a path is not accepted, so that nobody reads files by way of the mock."""
    fixture = body.get("fixture", DEFAULT_FIXTURE)
    if fixture not in fixture_names():
        raise Invalid({"fixture": f"fixture must be one of {', '.join(fixture_names())}"})
    control = current_control()
    try:
        return load_beginning(
            fixture,
            control.worlds.base.clock,
            deals=body.get("deals"),
            seed=body.get("seed"),
            contract=control.deals_contract,
        )
    except WorldFileError as error:  # this fixture has no recipe, so neither deals nor a seed can be given
        raise Invalid(dict.fromkeys(sorted(body.keys() & {"deals", "seed"}), str(error))) from error
