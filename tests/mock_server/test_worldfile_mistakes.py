"""World files that are invalid: one short line with the file, the record, the field and what is allowed."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mock_server.worldfile import WorldFileError, load_world, read_world
from mock_server.worldfile.records import LARGEST_ID
from tests.mock_server.conftest import contract
from tests.mock_server.test_worldfile import DEAL, LARGEST, NOW, complaint, with_deal

MISTAKES = [
    ("deals: [\n", "it.yaml: line 2: "),
    ("a: 1\nb: [1,\nc: }", "it.yaml: line 3: "),
    ("!!python/object/apply:os.system [true]", "it.yaml: line 1: could not determine a constructor"),
    ("deals: [{id: 1, id: 2}]", "it.yaml: line 1: duplicate key 'id'"),
    ("", "it.yaml: is empty; an empty CRM is the fixture empty"),
    ("# nothing", "it.yaml: is empty;"),
    ("7", "it.yaml: must be a mapping with some of the keys description, clock, recipe"),
    (
        "clock: soon",
        "it.yaml: clock: 'soon' is not a valid time; expected a form such as 2026-01-15T09:30:00Z",
    ),
    ("clock: 1066-10-14", "it.yaml: clock: '1066-10-14' is out of range; the year must be from 1971 to 2999"),
    ("clock: 5", "it.yaml: clock: must be a time such as 2026-01-15T09:30:00Z, not 5"),
    ("- 1", "it.yaml: must be a mapping with some of the keys"),
    ("deal: []", "it.yaml: deal: unknown key; must be one of description"),
    ("deals: {}", "it.yaml: deals: must be a list of records"),
    ("deals: [7]", "it.yaml: deals, record 1: must be a mapping of fields"),
    ("companies: [{name: x}]", "it.yaml: companies, record 1: id: is required"),
    ("companies: [{id: x, name: x}]", "it.yaml: companies, record 1: id: must be an integer, not 'x'"),
    ("companies: [{id: true, name: x}]", "it.yaml: companies, record 1: id: must be an integer, not True"),
    ("companies: [{id: 0, name: x}]", "it.yaml: company 0: id: must be at least 1"),
    (
        "companies: [{id: 4, name: x}, {id: 4, name: y}]",
        "it.yaml: company 4: id: is already used by another record",
    ),
    ("companies: [{id: 4, name: 5}]", "it.yaml: company 4: name: must be text"),
    ("companies: [{id: 4, name: null}]", "it.yaml: company 4: name: must be text"),
    ("companies: [{id: 4}]", "it.yaml: company 4: name: is required"),
    ("companies: [{id: 4, nmae: x}]", "it.yaml: company 4: nmae: unknown field; must be one of id, name"),
    (with_deal("value: abc"), "it.yaml: deal 1: value: must be a number, not 'abc'"),
    (with_deal("value: true"), "it.yaml: deal 1: value: must be a number, not True"),
    (with_deal(f"value: 1{'0' * 5000}"), "it.yaml: is not valid YAML: Exceeds the limit"),
    (with_deal(f"value: 1{'0' * 400}.0"), "it.yaml: deal 1: value: must be a number"),
    (
        with_deal(f"value: {LARGEST + 1}"),
        f"it.yaml: deal 1: value: must be at most {LARGEST}, not 9007199254740992",
    ),
    (with_deal("value: -1e300"), "it.yaml: deal 1: value: must be a number, not '-1e300'"),
    (with_deal("value: -1.0e+300"), f"it.yaml: deal 1: value: must be at least {-LARGEST}, not -1e+300"),
    (
        f"companies: [{{id: 1{'0' * 4000}, name: x}}]",
        f"it.yaml: companies, record 1: id: must be at most {LARGEST}, not a number of hundreds of digits",
    ),
    (
        f"companies: [{{id: !!int 0x{'f' * 9000}, name: x}}]",
        f"it.yaml: companies, record 1: id: must be at most {LARGEST}, not a number of hundreds of digits",
    ),
    (
        f"companies: [{{id: {10**12 + 1}, name: x}}]",
        "it.yaml: company 1000000000001: id: must be at",
    ),
    (
        f"companies: [{{id: 1, name: {'x' * 256}}}]",
        "it.yaml: company 1: name: must have at most 255 characters, not 256",
    ),
    (
        with_deal(f"notes: {'x' * 65536}"),
        "it.yaml: deal 1: notes: must have at most 65535 characters, not 65536",
    ),
    (
        "stages: [{id: 3, name: x, display_order: 1, probability: 1, color: x, is_won: true, is_lost: true}]",
        "it.yaml: stage 3: is_lost: a stage cannot be both won and lost",
    ),
    ("description: [x]", "it.yaml: description: must be text, not a list"),
    ("{[x]: 1}", "it.yaml: line 1: a key must be text"),
    (f"? {'x' * 10_000}\n: 1", "it.yaml: xxx"),
    (f"deals: !{'x' * 10_000} 1", "it.yaml: line 1: could not determine a constructor"),
    ("deals: !!timestamp x", "it.yaml: line 1: could not determine a constructor"),
    ("deals: !!bool x", "it.yaml: is not valid YAML: 'x'"),
    ("deals: !!int ''", "it.yaml: is not valid YAML: "),
    ("deals: &a [*a]", "it.yaml: deals, record 1: must be a mapping of fields"),
    ("a: &a {k: v}\nb: {!!merge x: *a}", "it.yaml: line 2: could not determine a constructor"),
    ("[" * 100_000, "it.yaml: line 1: nested too deeply"),
    ("{a: " * 100_000, "it.yaml: line 1: nested too deeply"),
    ("- " * 100_000, "it.yaml: line 1: nested too deeply"),
    ("users:\n- id: [[[[[[[[[1]]]]]]]]]", "it.yaml: line 2: nested too deeply"),
    (with_deal("expected_close_date: soon"), "it.yaml: deal 1: expected_close_date: must be a date"),
    (with_deal("expected_close_date: 2026-02-30"), "it.yaml: deal 1: expected_close_date: must be a date"),
    (with_deal("expected_close_date: +9999999d"), "it.yaml: deal 1: expected_close_date: must be a date"),
    (with_deal("closed_at: -25d 25:00"), "it.yaml: deal 1: closed_at: must be a timestamp"),
    (with_deal("closed_at: -9999999d"), "it.yaml: deal 1: closed_at: must be a timestamp"),
    (with_deal("closed_at: 0001-01-01T00:00:00+10:00"), "it.yaml: deal 1: closed_at: must be a timestamp"),
    (with_deal("stage_id: 1"), "it.yaml: line 1: duplicate key 'stage_id'"),
    (with_deal("company_id: 8"), "it.yaml: deal 1: company_id: 8 not found in companies"),
    (with_deal("assigned_to: 9"), "it.yaml: deal 1: assigned_to: 9 not found in users (1, 2, 3"),
    (with_deal("primary_quote_id: 1"), "it.yaml: deal 1: primary_quote_id: 1 not found in quotes"),
    (
        "tasks: [{id: 1, deal_id: 3, title: x, priority: low, status: pending, created_at: -1d}]",
        "it.yaml: task 1: deal_id: 3 not found in deals (which is empty)",
    ),
    ("notes: [{id: 1, deal_id: 3, content: x, created_at: -1d}]", "it.yaml: note 1: deal_id: 3 not found"),
    (
        "quotes: [{id: 1, deal_id: 3, quote_number: x, status: sent, total: 1, created_at: -1d}]",
        "it.yaml: quote 1: deal_id: 3 not found in deals",
    ),
    (
        "stages: [{id: 1, name: x, display_order: 1, probability: 1, color: x, is_won: yes}]",
        "it.yaml: stage 1: is_won: must be true or false, not 'yes'",
    ),
    ("next_ids: {deals: x}", "it.yaml: next_ids: deals: must be an integer"),
    ("next_ids: {deal: 1}", "it.yaml: next_ids: deal: unknown key; must be one of users"),
    (
        f"next_ids: {{deals: 1{'0' * 4000}}}",
        f"it.yaml: next_ids: deals: must be at most {LARGEST_ID}, not a number of hundreds of digits",
    ),
    ("next_ids: {users: 8}", "it.yaml: next_ids: users: must be at least 9, not 8"),
    ("recipe: 200", "it.yaml: recipe: must be a mapping such as {deals: 200}"),
    ("recipe: {deals: 200}", "it.yaml: recipe: seed: is required"),
    ("recipe: {deals: many, seed: 1}", "it.yaml: recipe: deals: must be an integer, not 'many'"),
    ("recipe: {deals: -1, seed: 1}", "it.yaml: recipe: deals: must be at least 0, not -1"),
    (
        "recipe: {deals: 99999999999, seed: 1}",
        "it.yaml: recipe: deals: must be at most 1000000, not 99999999999",
    ),
    (
        "recipe: {deals: 1, seed: 1000000000}",
        "it.yaml: recipe: seed: must be at most 999999999",
    ),
    ("recipe: {deals: 1, seed: -1}", "it.yaml: recipe: seed: must be at least 0, not -1"),
    ("recipe: {deals: 1, seed: 1, sed: 1}", "it.yaml: recipe: sed: unknown key; must be one of deals, seed"),
    ("recipe: {deals: 1, seed: 1}\ndeals: []", "it.yaml: deals: cannot be combined with a recipe"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_reported_in_one_line(text: str, said: str) -> None:
    told = complaint(text)
    assert told.startswith(said)
    assert "\n" not in told
    assert len(told) < 450


PLACES: list[tuple[str, tuple[str | int, ...]]] = [
    ("recipe: {deals: -1, seed: 1}", ("recipe", "deals")),
    ("recipe: {deals: 1}", ("recipe",)),
    ("next_ids: {'a: b': 1}", ("next_ids", "a: b")),
    ("next_ids: {users: 8}", ("next_ids", "users")),
    ("companies: [{id: 1, name: x}, 7]", ("companies", 1)),
    ("companies: [{id: 1, name: x, 'a: b': 1}]", ("companies", 0, "a: b")),
    (with_deal("value: abc"), ("deals", 0, "value")),
    (with_deal("company_id: 8"), ("deals", 0, "company_id")),
    ("clock: soon", ("clock",)),
    ("deals: {}", ("deals",)),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_a_mistake_has_its_place_whatever_the_file_is_called(text: str, place: tuple[str | int, ...]) -> None:
    with pytest.raises(WorldFileError) as caught:
        read_world(text, "my: file.yaml", NOW)
    assert tuple(caught.value.place) == place


def expanding(start: str) -> str:
    """A value of 9**12 items in a few lines, by aliases of aliases."""
    lines = [f"{start}\n  - &a [x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"  - &{more} [{', '.join(['*' + less] * 9)}]\n" for less, more in pairwise("abcdefghijkl")]
    return "".join(lines)


@pytest.mark.parametrize(
    "start",
    ["deals:", "description:", "next_ids:", "recipe:", "recipe:\n  deals:", "companies:\n- id: 1\n  name:"],
)
def test_aliases_that_expand_are_reported_at_once(start: str) -> None:
    assert len(complaint(expanding(start))) < 450


@pytest.mark.parametrize("start", ["description: x\n", "companies:\n- id: 1\n"])
def test_the_time_for_keys_grows_no_faster_than_their_number(start: str) -> None:
    def seconds(count: int) -> float:
        indent = "  " if start.endswith("1\n") else ""
        text = start + "".join(f"{indent}key{number}: 1\n" for number in range(count))
        begin = time.process_time()
        complaint(text)
        return time.process_time() - begin

    assert seconds(40_000) < 20 * 8 * seconds(2_000)  # 20 times as many; if each met each other: 400 times


def test_a_quote_is_the_primary_one_of_its_own_deal_only() -> None:
    other = DEAL.replace("id: 1", "id: 2", 1)
    quotes = "quotes: [{id: 5, deal_id: 2, quote_number: x, status: sent, total: 1, created_at: -1d}]"
    told = complaint(f"deals: [{DEAL}, primary_quote_id: 5}}, {other}}}]\n{quotes}")
    assert told == "it.yaml: deal 1: primary_quote_id: must be a quote of this deal, not of deal 2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_deal("probability: 150"), "it.yaml: deal 1: probability: must be at most 100"),
        (with_deal("value: -1"), "it.yaml: deal 1: value: must be at least 0"),
        (
            f"deals: [{DEAL}}}]\n"
            "tasks: [{id: 1, deal_id: 1, title: x, priority: urgent, status: pending, created_at: -1d}]",
            "it.yaml: task 1: priority: must be one of: low, medium, high",
        ),
        (
            f"deals: [{DEAL}}}]\n"
            "tasks: [{id: 1, deal_id: 1, title: x, priority: low, status: done, created_at: -1d}]",
            "it.yaml: task 1: status: must be one of: pending, completed",
        ),
        (
            "users: [{id: 1, first_name: A, last_name: B, email: a@b.example, role: boss, team: North}]",
            "it.yaml: user 1: role: must be one of: rep, manager, admin",
        ),
        (
            "stages: [{id: 1, name: x, display_order: 1, probability: 101, color: '#fff000'}]",
            "it.yaml: stage 1: probability: must be at most 100",
        ),
    ],
)
def test_the_limits_are_those_of_the_contract(text: str, said: str) -> None:
    assert complaint(text, contract=contract()) == said


def test_only_a_recipe_takes_a_number_of_deals_and_a_seed() -> None:
    with pytest.raises(WorldFileError, match=r"empty\.yaml: has no recipe, so deals and seed cannot"):
        load_world("empty", NOW, deals=5, seed=1)


@pytest.mark.parametrize("deals", [10**6 + 1, 10**30])
def test_no_more_deals_can_be_asked_for_than_there_is_room_for(deals: int) -> None:
    with pytest.raises(WorldFileError, match=r"recipe: deals: must be at most 1000000, not 1000"):
        load_world("default", NOW, deals=deals)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x" * 5000, "File name too long"),
        ("/" + "x/" * 5000, "File name too long"),
        ("/tmp", "/tmp: not a file; the fixtures are default,"),
        (".", "not a file"),
        ("", "not a file"),
        ("/dev/null", "/dev/null: not a file"),
        ("no\0such", "no such file or fixture"),
    ],
)
def test_a_name_that_is_no_file_is_reported_in_one_line(name: str, said: str) -> None:
    with pytest.raises(WorldFileError) as caught:
        load_world(name, NOW)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 450


@pytest.mark.parametrize("method", ["is_file", "stat", "read_text"])
def test_what_may_not_be_read_is_reported_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("deals: []", "utf-8")

    def refused(self: Path, *_: Any, **__: Any) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, method, refused)
    with pytest.raises(WorldFileError, match=r"mine\.yaml: cannot be read: Permission denied$"):
        load_world(path, NOW)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: it takes no room
    with pytest.raises(WorldFileError, match=r"mine\.yaml: has more than 50000000 bytes"):
        load_world(path, NOW)


def test_an_unknown_name_is_reported_with_the_known_ones() -> None:
    with pytest.raises(WorldFileError, match="nope: no such file or fixture; the fixtures are default,"):
        load_world("nope", NOW)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"users: \x00", "[" * 5000])
def test_a_file_that_is_not_text_is_reported_in_one_line(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(WorldFileError) as caught:
        load_world(path, NOW)
    assert "mine.yaml: " in str(caught.value)
    assert "\n" not in str(caught.value)
