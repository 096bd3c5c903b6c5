"""A write makes a whole world, without its constructor."""

from __future__ import annotations

from dataclasses import fields

from mock_server.domain.world import World
from tests.mock_server.domain.builders import deal


def test_a_world_that_a_write_has_made_has_every_field() -> None:
    written = World().put("deals", deal())
    assert [each.name for each in fields(World) if not hasattr(written, each.name)] == []
