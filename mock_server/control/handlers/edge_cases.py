"""Edge cases: a world that is legal, and hard on whoever shows it."""

from __future__ import annotations

from functools import partial

from mock_server.control.context import current_control
from mock_server.control.responses import Body, world_body
from mock_server.domain.edge_cases import with_edge_case
from mock_server.past import Point
from mock_server.worldfile.records import longest_text


def apply_edge_cases(body: Body) -> Body:
    """Turn everything in the world into edge cases, one kind after the other."""
    control = current_control()
    world, now = control.store.current, control.store.clock.now()
    for name in body["cases"]:
        world = with_edge_case(world, name, partial(longest_text, control.deals_contract), now)
    point = Point(world, control.store.clock.setting)
    control.store.go_to(point, control.cause(f"edge cases: {', '.join(body['cases'])}"))
    return world_body(control.store)
