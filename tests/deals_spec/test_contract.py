"""What can be looked up in the contract."""

from __future__ import annotations

from deals_spec import Contract

DOCUMENT = {
    "servers": [{"url": "https://example.com/base"}],
    "paths": {},
    "components": {
        "schemas": {
            "Both": {
                "allOf": [
                    {"type": "object", "properties": {"a": {"type": "string"}}},
                    {"type": "object", "properties": {"b": {"type": "string"}}},
                ]
            }
        }
    },
}


def test_properties_are_those_of_all_parts() -> None:
    contract = Contract(b"", DOCUMENT)
    assert list(contract.properties_of({"$ref": "#/components/schemas/Both"})) == ["a", "b"]


def test_a_file_is_read_once() -> None:
    assert Contract.load().document is Contract.load().document


def test_the_documented_limit_of_a_field_is_in_both_views() -> None:
    contract = Contract.load()
    for view in (contract.fields("listDeals"), contract.fields("listDeals", "documented")):
        assert view["per_page"]["maximum"] == 100


def test_a_guessed_keyword_is_in_the_full_view_only() -> None:
    contract = Contract.load()
    assert "minimum" in contract.fields("listDeals")["per_page"]
    assert "minimum" not in contract.fields("listDeals", "documented")["per_page"]
