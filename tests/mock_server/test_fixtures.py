"""The fixtures: worlds that conform to the contract, and files to import."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mock_server.contract import MockContract
from mock_server.domain import spreadsheet
from mock_server.domain.importing import import_deals
from mock_server.domain.refusals import Invalid
from mock_server.domain.risk import FACTORS, deal_risk
from mock_server.domain.spreadsheet import Sheet
from mock_server.seeding import STAGES, USERS, seed_world
from mock_server.worldfile import (
    fixture_names,
    load_world,
    read_world,
    save_world,
)

NOW = datetime(2026, 2, 9, 12, 0, 0, 123456, tzinfo=UTC)
IMPORTS = Path(__file__).parent.parent.parent / "fixtures" / "imports"


@pytest.fixture(scope="module")
def contract() -> MockContract:
    return MockContract.load()


def sheet_in(name: str, contract: MockContract) -> Sheet:
    return spreadsheet.read((IMPORTS / name).read_bytes(), contract.csv_row)


# Store


@pytest.mark.parametrize("name", [*fixture_names(), *(f"{name}.yaml" for name in fixture_names())])
@pytest.mark.parametrize("now", [NOW, datetime(2024, 2, 29, 0, 1, tzinfo=UTC)])
def test_every_fixture_is_a_world_within_the_contract(
    name: str, now: datetime, contract: MockContract
) -> None:
    world = load_world(name, now, contract=contract)
    # A recipe is not checked on loading; the world that it generates is, when loaded as a file.
    assert read_world(save_world(world), name, now, contract=contract) == world


def test_the_fixtures_are_these() -> None:
    assert fixture_names() == ["default", "empty", "everything-at-risk", "nasty"]


def test_default_is_a_recipe_that_options_override() -> None:
    assert load_world("default", NOW) == seed_world(deals=200, seed=42, now=NOW)
    assert load_world("default", NOW, deals=3) == seed_world(deals=3, seed=42, now=NOW)
    assert load_world("default", NOW, deals=3, seed=1) == seed_world(deals=3, seed=1, now=NOW)


def test_empty_has_people_and_the_usual_stages_but_no_deals() -> None:
    world = load_world("empty", NOW)
    assert (tuple(world.users), tuple(world.stages)) == (USERS, STAGES)
    assert (len(world.deals), len(world.companies) > 0, len(world.contacts) > 0) == (0, True, True)


@pytest.mark.parametrize("now", [NOW, datetime(2031, 6, 1, 0, 0, tzinfo=UTC)])
def test_everything_at_risk_is_at_risk_by_every_factor_under_any_clock(now: datetime) -> None:
    world = load_world("everything-at-risk", now)
    risks = [deal_risk(world, deal, now) for deal in world.deals]
    assert {risk and risk["risk_level"] for risk in risks} == {"medium", "high"}
    found = {factor["label"] for risk in risks if risk for factor in risk["risk_factors"]}
    assert found == {factor.label for factor in FACTORS}


def test_nasty_has_names_at_the_limit_and_values_at_both_ends() -> None:
    world = load_world("nasty", NOW)
    names = [deal.name for deal in world.deals]
    values = [deal.value for deal in world.deals if deal.value is not None]
    assert sorted(map(len, names))[-2:] == [255, 255]
    assert (min(values), max(values)) == (0, 999999999999.99)
    assert {"NULL", "%", "_", "<script>alert(1)</script>", "   leading and trailing   "} < set(names)
    assert any(deal.expected_close_date == date(2024, 2, 29) for deal in world.deals)


# Import files


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [("clean.csv", "utf-8", ","), ("semicolon-bom.csv", "utf-8-sig", ";"), ("utf16.csv", "utf-16", ",")],
)
def test_the_good_import_files_are_one_table_with_the_columns_of_the_contract(
    name: str, encoding: str, delimiter: str, contract: MockContract
) -> None:
    def table(name: str, encoding: str, delimiter: str) -> list[list[str]]:
        text = (IMPORTS / name).read_bytes().decode(encoding)
        return list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))

    rows = table(name, encoding, delimiter)
    assert rows == table("clean.csv", "utf-8", ",")
    assert rows[0] == [column for column in contract.csv_row.properties if column in rows[0]]


@pytest.mark.parametrize("name", ["clean.csv", "semicolon-bom.csv", "utf16.csv"])
def test_the_good_import_files_go_in_whole_and_make_nobody_new(name: str, contract: MockContract) -> None:
    world = load_world("empty", NOW)
    done = import_deals(world, sheet_in(name, contract), NOW, 1, contract.reported)
    assert (len(done.deals), done.errors.problems, done.warnings.problems) == (7, [], [])
    assert (done.world.companies, done.world.contacts) == (world.companies, world.contacts)


def test_the_dirty_import_file_has_two_good_rows_and_nothing_else_to_take(contract: MockContract) -> None:
    rows = list(sheet_in("dirty.csv", contract).rows)
    done = import_deals(load_world("empty", NOW), Sheet([], iter(rows)), NOW, 1, contract.reported)
    assert [deal.name for deal in done.deals] == ["A good row first", "A good row last"]
    assert {problem.row for problem in done.errors.problems} == {row.number for row in rows[1:-1]}


def test_the_unreadable_import_file_is_refused_whole(contract: MockContract) -> None:
    with pytest.raises(Invalid) as caught:
        sheet_in("not-a-csv.bin", contract)
    assert list(caught.value.errors) == ["file"]
