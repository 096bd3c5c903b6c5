"""The check that names breaking changes of the contract, and the version that they require."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from deals_spec.breaking_changes import contract_changes, lowest_version, main
from deals_spec.schema_changes import Level

DEAL = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 50},
        "stage": {"type": "string", "enum": ["lead", "won"], "x-inferred": ["enum"]},
    },
}
CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Deals", "version": "1.2.3", "description": "Deals."},
    "servers": [{"url": "https://host.example/api"}],
    "security": [{"bearerAuth": []}],
    "x-max-body-bytes": 1000,
    "paths": {
        "/deals": {
            "get": {
                "operationId": "listDeals",
                "parameters": [{"$ref": "#/components/parameters/PerPage"}],
                "responses": {"200": {"$ref": "#/components/responses/Deals"}},
            },
            "post": {
                "operationId": "createDeal",
                "x-required-role": "manager",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "required": ["name"],
                                "allOf": [{"$ref": "#/components/schemas/Deal"}],
                            }
                        }
                    },
                },
                "responses": {
                    "201": {
                        "description": "Made.",
                        "content": {"application/json": {"schema": deepcopy(DEAL)}},
                    },
                    "422": {"description": "Refused."},
                },
            },
        }
    },
    "components": {
        "parameters": {
            "PerPage": {
                "name": "per_page",
                "in": "query",
                "schema": {"type": "integer", "maximum": 100, "default": 25},
            }
        },
        "responses": {
            "Deals": {
                "description": "Deals.",
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Deal"}}
                    }
                },
            }
        },
        "schemas": {"Deal": DEAL, "Role": {"type": "string", "enum": ["rep", "manager", "admin"]}},
    },
}
MADE = "paths /deals post responses 201 content application/json schema"
ASKED = "paths /deals post requestBody content application/json schema"
PER_PAGE = "components parameters PerPage"
STAGE = "components schemas Deal properties stage"
QUERY = "listDeals, query parameter per_page"
STAGES = {"get": {"operationId": "listStages", "responses": {}}}
DRY_RUN = {"name": "dry", "in": "query", "schema": {}}
Changed = Callable[[dict[str, Any]], None]


def at(path: str, key: str, value: Any) -> Changed:
    """A change of the contract: the key at a path gets a value, or is removed if that is None."""

    def change(document: dict[str, Any]) -> None:
        node = document
        for part in path.split():
            node = node[part]
        if value is None:
            del node[key]
        else:
            node[key] = value

    return change


def changed(*changes: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The contract with these changes."""
    document = deepcopy(CONTRACT)
    for change in changes:
        change(document)
    return document


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (at("paths /deals", "get", None), "listDeals", "operation GET /deals removed"),
        (at("paths /deals get", "operationId", "getDeals"), "listDeals", "renamed to getDeals"),
        (
            at("paths /deals post", "x-required-role", "admin"),
            "createDeal",
            "required role changed from manager to admin",
        ),
        (at("paths /deals get", "parameters", None), QUERY, "parameter removed"),
        (at(PER_PAGE, "required", True), QUERY, "is now required"),
        (at(f"{PER_PAGE} schema", "maximum", 50), QUERY, "maximum changed from 100 to 50"),
        (at(f"{PER_PAGE} schema", "default", 10), QUERY, "default changed from 25 to 10"),
        (at(f"{PER_PAGE} schema", "type", "string"), QUERY, "type changed from integer to string"),
        (at(f"{PER_PAGE} schema", "enum", [1, 2]), QUERY, "now one of [1, 2]"),
        (at(ASKED, "required", ["name", "stage"]), "createDeal, request, stage", "is now required"),
        (at(f"{ASKED}", "pattern", "a+"), "createDeal, request", "pattern 'a+' added"),
        (at(f"{MADE} properties", "name", None), "createDeal, response 201, name", "field removed"),
        (
            at(f"{MADE} properties name", "nullable", True),
            "createDeal, response 201, name",
            "may now be null",
        ),
        (at(MADE, "required", None), "createDeal, response 201, id", "is no longer required"),
        (at("paths /deals post responses", "201", None), "createDeal, response 201", "status removed"),
        (at("paths /deals post responses", "422", None), "createDeal, response 422", "status removed"),
        (
            at("components schemas Deal properties id", "type", "string"),
            "listDeals, response 200, [].id",
            "type changed from integer to string",
        ),
        (
            at("components schemas Deal properties", "name", None),
            "createDeal, request, name",
            "field removed",
        ),
        (at(STAGE, "enum", ["lead"]), "createDeal, request, stage", "value 'won' removed"),
        (
            at(STAGE, "enum", ["lead", "won", "lost"]),
            "listDeals, response 200, [].stage",
            "value 'lost' added",
        ),
        (at("", "x-max-body-bytes", 10), "contract", "x-max-body-bytes changed from 1000 to 10"),
        (
            at("", "servers", [{"url": "https://host.example/v2"}]),
            "contract",
            "base path changed from /api to /v2",
        ),
    ],
)
def test_what_can_break_a_client_is_named(change: Changed, where: str, what: str) -> None:
    found = contract_changes(CONTRACT, changed(change))
    assert (where, what) in [(each.where, each.what) for each in found if each.breaking]
    assert lowest_version((1, 2, 3), found) == (2, 0, 0)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (at("paths", "/stages", STAGES), "listStages", "operation GET /stages added"),
        (
            at("paths /deals post", "x-required-role", "rep"),
            "createDeal",
            "required role changed from manager to rep",
        ),
        (at("paths /deals post", "security", []), "createDeal", "authentication removed"),
        (at(f"{PER_PAGE} schema", "maximum", 200), QUERY, "maximum changed from 100 to 200"),
        (at(f"{PER_PAGE} schema", "maximum", None), QUERY, "maximum 100 removed"),
        (
            at("paths /deals post", "parameters", [DRY_RUN]),
            "createDeal, query parameter dry",
            "parameter added",
        ),
        (at(ASKED, "required", []), "createDeal, request, name", "is no longer required"),
        (at(MADE, "required", ["id", "name"]), "createDeal, response 201, name", "is now required"),
        (
            at(f"{MADE} properties", "owner", {"type": "string"}),
            "createDeal, response 201, owner",
            "field added",
        ),
        (
            at(f"{MADE} properties name", "maxLength", 20),
            "createDeal, response 201, name",
            "maxLength changed from 50 to 20",
        ),
        (
            at("paths /deals post responses", "409", {"description": "Taken."}),
            "createDeal, response 409",
            "status added",
        ),
    ],
)
def test_a_change_that_cannot_break_a_client_is_an_addition(change: Changed, where: str, what: str) -> None:
    found = contract_changes(CONTRACT, changed(change))
    assert [(each.where, each.what) for each in found] == [(where, what)]
    assert lowest_version((1, 2, 3), found) == (1, 3, 0)


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        (["name"], ["name", "tags"], Level.ADDITION),
        (["name", "tags"], ["name"], Level.BREAKING),
        ({"title": "name"}, {"title": "name", "price": "value"}, Level.ADDITION),
        ({"title": "name"}, {"title": "tags"}, Level.BREAKING),
    ],
)
def test_a_parameter_may_mean_more_and_nothing_else(before: Any, after: Any, level: Level) -> None:
    old = changed(at(PER_PAGE, "x-fields", before))
    found = contract_changes(old, changed(at(PER_PAGE, "x-fields", after)))
    assert {(each.level, each.what) for each in found} == {(level, "x-fields changed")}


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [(None, ",", Level.ADDITION), (",", ";", Level.BREAKING), (",", None, Level.BREAKING)],
)
def test_a_parameter_may_become_a_list_but_keeps_its_separator(
    before: str | None, after: str | None, level: Level
) -> None:
    old, new = (deepcopy(CONTRACT) for _ in range(2))
    for document, separator in ((old, before), (new, after)):
        document["components"]["parameters"]["PerPage"] |= {"x-separator": separator} if separator else {}
    found = contract_changes(old, new)
    assert [(each.level, each.what) for each in found] == [
        (level, f"x-separator changed from {before} to {after}")
    ]


def test_a_default_may_move_to_where_generators_do_not_see_it() -> None:
    old = changed(
        at(
            f"{ASKED}",
            "properties",
            {"stage": {"type": "string", "default": "lead", "x-inferred": ["default"]}},
        )
    )
    moved = changed(at(f"{ASKED}", "properties", {"stage": {"type": "string", "x-default": "lead"}}))
    other = changed(at(f"{ASKED}", "properties", {"stage": {"type": "string", "x-default": "won"}}))
    assert [each.level for each in contract_changes(old, moved)] == [Level.WORDING]
    assert [each.what for each in contract_changes(old, other)] == ["default changed from 'lead' to 'won'"]


def test_another_name_of_a_schema_asks_for_a_minor_version() -> None:
    named = changed(
        at("components schemas", "Role", None), at("components schemas", "Rank", {"type": "string"})
    )
    found = [each for each in contract_changes(CONTRACT, named) if each.where == "contract"]
    assert [(each.level, each.what) for each in found] == [(Level.ADDITION, "schema names gone: Role")]


def test_new_wording_asks_for_a_patch() -> None:
    found = contract_changes(CONTRACT, changed(at("info", "description", "All deals.")))
    assert [each.level for each in found] == [Level.WORDING]
    assert lowest_version((1, 2, 3), found) == (1, 2, 4)


def test_a_documented_word_that_becomes_a_guess_is_a_breaking_change() -> None:
    found = contract_changes(CONTRACT, changed(at(f"{MADE} properties name", "x-provenance", "inferred")))
    assert [(each.level, each.where) for each in found] == [
        (Level.BREAKING, "createDeal, response 201, name")
    ]


def test_a_guessed_status_that_is_confirmed_breaks_nobody() -> None:
    guessed = changed(at("paths /deals post responses 201", "x-inferred", ["status"]))
    assert [each for each in contract_changes(guessed, CONTRACT) if each.breaking] == []


def test_nothing_changed_asks_for_no_version() -> None:
    found = contract_changes(CONTRACT, changed(at("info", "version", "1.2.3")))
    assert found == []
    assert lowest_version((1, 2, 3), found) == (1, 2, 3)


@pytest.mark.parametrize(
    ("version", "status", "verdict"),
    [
        ("1.9.0", 1, "The contract's version must be at least 2.0.0, but info.version is 1.9.0."),
        ("2.0.0", 0, "version 2.0.0 is high enough."),
    ],
)
def test_the_command_checks_the_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, status: int, verdict: str
) -> None:
    new = changed(at("paths /deals", "get", None), at("info", "version", version))
    (tmp_path / "old.yaml").write_text(yaml.safe_dump(CONTRACT))
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(new))

    assert main([str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")]) == status
    printed = capsys.readouterr().out
    assert "breaking  listDeals: operation GET /deals removed\n" in printed
    assert verdict in printed


def test_the_command_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize("version", ["1.0", "v1.0.0"])
def test_a_contract_that_cannot_be_judged_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    (tmp_path / "odd.yaml").write_text(yaml.safe_dump(changed(at("info", "version", version))))
    assert main([str(tmp_path / "odd.yaml"), str(tmp_path / "odd.yaml")]) == 2
    assert capsys.readouterr().err == f"info.version must be MAJOR.MINOR.PATCH, not '{version}'\n"


def test_every_operation_of_the_contract_is_watched(document: dict[str, Any]) -> None:
    without = {**document, "paths": {}}
    removed = {each.where for each in contract_changes(document, without) if "operation" in each.what}
    assert removed == {
        node["operationId"]
        for item in document["paths"].values()
        for node in item.values()
        if "operationId" in node
    }
