"""The journal has a bound in number and size, in each world and in all together."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal import MOST_BYTES, MOST_ENTRIES, Budget, Entry, Journal, Message
from tests.mock_server.conftest import Api
from tests.mock_server.control.conftest import Controls


def test_a_body_that_is_too_large_is_not_kept(mock: Api, controls: Controls) -> None:
    mock.post("/deals/import", files={"file": ("a.csv", b"name,stage_name\n" + b"x" * MOST_BYTES)})
    [entry] = controls.get("/journal")["data"]
    assert (entry["path"], entry["request"]["body"]) == ("/api/deals/import", None)
    assert entry["response"]["body"]


def entry_of(number: int, size: int) -> Entry:
    body = Message([], b"x" * size)
    return Entry(number, datetime.now(UTC), 1.0, "GET", "/api", "", 200, Message([], b""), body)


def test_the_number_of_entries_is_bounded() -> None:
    journal = Journal()
    for _ in range(MOST_ENTRIES + 20):
        journal.add(entry_of(journal.next_number(), 1))
    assert [entry.number for entry in journal][:2] == [21, 22]
    assert len(journal) == MOST_ENTRIES


@given(st.lists(st.integers(0, MOST_BYTES // 3), max_size=40))
def test_the_size_of_all_bodies_is_bounded(sizes: list[int]) -> None:
    journal = Journal()
    for size in sizes:
        journal.add(entry_of(journal.next_number(), size))
    kept = [len(entry.response.body) for entry in journal if entry.response.body is not None]
    assert sum(kept) <= MOST_BYTES
    assert len(journal) == len(sizes)
    assert kept == sizes[len(sizes) - len(kept) :]  # the latest ones


def test_heads_are_counted(mock: Api, controls: Controls) -> None:
    for _ in range(MOST_BYTES // 60_000 + 2):
        mock.send("GET", "/api/nothing", headers={"X-Long": "x" * 60_000})
    entries = controls.get("/journal?limit=1000")["data"]
    assert entries[0]["request"]["headers"]["x-long"]
    assert entries[-1]["request"] == {"headers": {}, "body": None}


def test_all_worlds_together_have_a_bound_and_the_largest_makes_room(mock: Api, controls: Controls) -> None:
    mock.worlds.journals.most = 300_000
    mock.send("GET", "/worlds/quiet/api/deals/1")
    for number in range(20):
        body = {"name": f"{number}", "notes": "x" * 40_000, "stage_id": 1}
        mock.send("POST", f"/worlds/noisy-{number % 3}/api/deals", json=body)
        assert sum(size_of(mock, name) for name in mock.worlds.names) <= 300_000 * 21 // 20
    assert controls.of("quiet").get("/journal")["data"][0]["request"]["headers"]
    assert [controls.of(f"noisy-{i}").post("/journal/count") for i in range(3)] == [
        {"count": n} for n in (7, 7, 6)
    ]
    assert controls.of("noisy-0").get("/journal")["data"][-1]["request"]["body"] is None


def size_of(mock: Api, name: str) -> int:
    store = mock.worlds.get(name)
    assert store
    return sum(entry.size for entry in store.journal)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2000)), max_size=60))
def test_what_all_journals_have_is_bounded_and_their_latest_remain(added: list[tuple[int, int]]) -> None:
    budget = Budget(most=20_000)
    journals = [Journal(budget) for _ in range(4)]
    for number, (which, size) in enumerate(added):
        journals[which].add(entry_of(number, size))
        kept = [entry.size for journal in journals for entry in journal.between(-1, number)]
        assert (
            sum(kept)
            == sum(journal.bytes for journal in journals)
            <= budget.most * 21 // 20 + entry_of(0, size).size
        )
    for which, journal in enumerate(journals):
        numbers = [number for number, (of, _) in enumerate(added) if of == which]
        kept = [entry.number for entry in journal.between(-1, len(added))]
        assert kept == numbers[len(numbers) - len(kept) :]


def test_the_journal_of_a_world_that_is_gone_counts_no_more() -> None:
    budget = Budget(most=10_000)
    gone, stays = Journal(budget), Journal(budget)
    gone.add(entry_of(1, 9_000))
    del gone
    stays.add(entry_of(1, 8_000))
    stays.add(entry_of(2, 500))
    assert [entry.response.body is not None for entry in stays.between(0, 2)] == [True, True]
