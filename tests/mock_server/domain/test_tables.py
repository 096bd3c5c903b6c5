"""A table knows its records by id, and by who owns them."""

from __future__ import annotations

import pytest

from mock_server.domain.id_sets import FEW
from mock_server.domain.tables import Table
from tests.mock_server.domain.builders import note


@pytest.mark.parametrize("id_", [2, -1, 10**30])
def test_a_record_that_is_not_there_is_an_error(id_: int) -> None:
    with pytest.raises(KeyError):
        Table("deal_id").put(note(id_=1))[id_]


@pytest.mark.parametrize("id_", [None, 1e300, -1, 10**30, "1"])
def test_a_table_has_no_record_with_an_id_that_is_none(id_: object) -> None:
    table = Table("deal_id").put(note(id_=1))
    assert id_ not in table
    assert id_ not in table.rows
    assert table.get(id_) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 5 * FEW])
def test_a_table_knows_who_owns_what_however_much_it_is(count: int) -> None:
    notes = [note(id_=number, deal_id=7) for number in range(1, count + 1)]
    table = Table("deal_id").put(*notes)
    assert (table.of(7), table.count_of(7)) == (notes, count)
    moved = table.put(*(note(id_=each.id, deal_id=8) for each in notes[1:]))
    assert ([each.id for each in moved.of(7)], moved.count_of(8)) == ([1], count - 1)
    assert {each.id for each in moved.of_any((7, 8))} == set(moved.rows)
    gone = moved.drop(*range(1, count + 1))
    assert (len(gone), gone.of(7), gone.of(8), gone.next_id) == (0, [], [], count + 1)
