"""What differs between two worlds, whether one has come from the other or not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.changes import changes
from mock_server.domain.touched import Touched
from mock_server.domain.world import Contact, World

IDS = st.integers(1, 12)
Writes = list[tuple[str, int, str]]
WRITES = st.lists(st.tuples(st.sampled_from(["put", "drop"]), IDS, st.text(max_size=2)), max_size=12)


def contact(id_: int, name: str) -> Contact:
    return Contact(id=id_, first_name=name, last_name="", email="")


def written(world: World, writes: Writes) -> World:
    for kind, id_, name in writes:
        if kind == "put":
            world = world.put("contacts", contact(id_, name))
        elif id_ in world.contacts:
            world = world.drop("contacts", id_)
    return world


@given(WRITES, WRITES)
def test_what_was_touched_is_what_a_search_finds(first: Writes, then: Writes) -> None:
    before = written(World(), first).as_beginning()
    after = written(before, then)
    touched = after.touched.since(before.touched)
    assert touched is not None
    assert changes(before, after, touched) == changes(before, after)


@given(WRITES, WRITES)
def test_the_changes_lead_from_one_world_to_the_other(first: Writes, then: Writes) -> None:
    before, after = written(World(), first), written(World(), then)
    rows = {record.id: record for record in before.contacts}
    for change in changes(before, after)[0]:
        if not change.after:
            del rows[change.id]
        elif not change.before:
            rows[change.id] = Contact(**change.after)
        else:
            rows[change.id] = replace(rows[change.id], **change.after)
    assert rows == {record.id: record for record in after.contacts}


def test_a_world_of_another_origin_is_known_as_such() -> None:
    world = World().put("contacts", contact(1, "a"))
    assert world.touched.since(Touched()) is None
    assert world.without_caches().touched.since(world.touched) is None


def test_only_some_are_shown_if_there_are_many() -> None:
    before = World()
    after = before.put("contacts", *(contact(id_, "a") for id_ in range(1, 11)))
    found, more = changes(before, after, most=3)
    assert ([change.id for change in found], more) == ([1, 2, 3], 7)
    assert changes(before, after, most=10)[1] == 0
