"""World files: what they mean, and the errors of invalid ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract import MockContract
from mock_server.domain.deals import delete_deal
from mock_server.domain.world import Company, Contact, Deal, Note, Quote, World
from mock_server.seeding import STAGES, USERS, seed_world
from mock_server.worldfile import (
    WorldFileError,
    load_world,
    read_world,
    save_world,
)

NOW = datetime(2026, 2, 9, 12, 0, 0, 123456, tzinfo=UTC)
FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


@pytest.fixture(scope="module")
def contract() -> MockContract:
    return MockContract.load()


def read(text: str, **options: Any) -> World:
    return read_world(text, "it.yaml", NOW, **options)


def complaint(text: str, **options: Any) -> str:
    with pytest.raises(WorldFileError) as caught:
        read(text, **options)
    return str(caught.value)


LARGEST = 2**53 - 1

# Saving and loading

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
days = st.dates()
moments = st.datetimes(timezones=st.just(UTC))
numbers = st.integers(-LARGEST, LARGEST) | st.floats(-LARGEST, LARGEST)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of a few records with any values."""
    world = World().put("users", *USERS).put("stages", *STAGES)
    world = world.put("companies", Company(id=draw(st.integers(1, 9)), name=draw(texts)))
    contact = Contact(id=3, first_name=draw(texts), last_name=draw(texts), email=draw(texts))
    deal = Deal(
        id=draw(st.integers(1, 10**9)),
        name=draw(texts),
        stage_id=draw(st.integers(1, 6)),
        value=draw(st.none() | numbers),
        contact_id=draw(st.sampled_from([None, 3])),
        expected_close_date=draw(st.none() | days),
        notes=draw(st.none() | texts),
        tags=draw(st.none() | texts),
        stage_entered_at=draw(moments),
        closed_at=draw(st.none() | moments),
        created_at=draw(moments),
        updated_at=draw(moments),
    )
    note = Note(id=1, deal_id=deal.id, content=draw(texts), created_by=1, created_at=draw(moments))
    quote = Quote(
        id=1,
        deal_id=deal.id,
        quote_number=draw(texts),
        status="sent",
        total=draw(numbers),
        created_at=draw(moments),
    )
    world = world.put("contacts", contact).put("deals", deal).put("notes", note)
    return world.put("quotes", quote)


@given(worlds())
def test_a_saved_world_loads_as_it_was(world: World) -> None:
    assert read(save_world(world)) == world


@settings(max_examples=300)
@given(text=st.text(st.sampled_from("\n\r\t ab:-#'\"|>\\\x00\x07\x85\u2028\ufeff\ud7ffé🚀"), max_size=12))
def test_any_text_comes_back(text: str) -> None:
    world = World().put("users", *USERS).put("stages", *STAGES)
    world = world.put("companies", Company(id=1, name=text))
    deal = Deal(id=1, name="x", stage_id=1, notes=text, stage_entered_at=NOW, created_at=NOW, updated_at=NOW)
    assert read(save_world(world.put("deals", deal))) == world.put("deals", deal)


@pytest.mark.parametrize("deals", [0, 1, 5, 60])
def test_a_seeded_world_loads_as_it_was(deals: int) -> None:
    world = seed_world(deals=deals, seed=5, now=NOW)
    assert read(save_world(world)) == world


def test_a_deleted_deal_leaves_a_world_that_loads_and_an_id_that_is_not_given_again() -> None:
    world = seed_world(deals=12, seed=42, now=NOW)
    world = delete_deal(delete_deal(world, 12), 10)
    loaded = read(save_world(world))
    assert loaded == world
    assert loaded.deals.next_id == 13


def test_a_saved_world_is_readable() -> None:
    text = save_world(seed_world(deals=10, seed=42, now=NOW))
    assert "- {id: 1, name: Acme Corp}\n" in text
    assert "  created_at: 2026-01-15T09:30:00Z\n" in text
    assert "  body: |\n    Hi Ada,\n\n    thank you." in text
    assert "Satō" in text


# Values

DEAL = "{id: 1, name: x, stage_id: 1, stage_entered_at: -1d, created_at: -1d, updated_at: -1d"


def with_deal(fields: str) -> str:
    return f"deals: [{DEAL}, {fields}}}]"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-25d", NOW.replace(microsecond=0) - timedelta(days=25)),
        ("+3d", NOW.replace(microsecond=0) + timedelta(days=3)),
        ("-3h", NOW.replace(microsecond=0) - timedelta(hours=3)),
        ("-25d 09:30", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("2026-01-15T09:30:00Z", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("2026-01-15 09:30", datetime(2026, 1, 15, 9, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00.5+01:00", datetime(2026, 1, 15, 9, 30, 0, 500000, tzinfo=UTC)),
        ("2026-01-15", datetime(2026, 1, 15, tzinfo=UTC)),
    ],
)
def test_times_may_be_relative_or_iso(written: str, meant: datetime) -> None:
    assert read(with_deal(f"closed_at: {written}")).deals[1].closed_at == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("+0d", date(2026, 2, 9)), ("-10d", date(2026, 1, 30)), ("9999-12-31", date(9999, 12, 31))],
)
def test_days_may_be_relative_or_iso(written: str, meant: date) -> None:
    assert read(with_deal(f"expected_close_date: {written}")).deals[1].expected_close_date == meant


@pytest.mark.parametrize("text", ["NO", "yes", "NULL", "Null", "14:00", "2026-01-15", "1_000", "010", ".5"])
def test_what_looks_like_text_is_text(text: str) -> None:
    assert read(with_deal(f"notes: {text}")).deals[1].notes == text


def test_a_file_without_users_and_stages_has_the_usual_ones() -> None:
    world = read("companies: [{id: 1, name: Acme Corp}]")
    assert (tuple(world.users), tuple(world.stages)) == (USERS, STAGES)
    assert len(read("users: []\nstages: []").users) == 0


# Files


def test_a_file_is_found_by_its_path_and_may_have_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("\ufeffcompanies: [{id: 7, name: Ä}]", encoding="utf-8")
    assert load_world(path, NOW).companies[7].name == "Ä"
    assert load_world(str(path), NOW).companies[7].name == "Ä"


def test_the_example_of_the_readme_loads(contract: MockContract) -> None:
    example = (FIXTURES / "README.md").read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    world = read(example, contract=contract)
    assert world.tasks[1].due_time == "14:00"
