"""Writing chosen values into any field: what counts as saved whole, and what a refusal means."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.scene.expectations import Broken
from contract_tests.scene.field_writes import (
    FieldWriter,
    in_short,
    is_whole,
    named_fields,
    text_fields,
)
from tests.contract_tests.builders import LIMITS, exchange
from tests.contract_tests.mock_target import mock_app, mock_people
from tests.contract_tests.runs import run_against
from tests.contract_tests.servers import serving


@pytest.mark.parametrize(
    ("sent", "got", "whole"),
    [
        ("a long text", "a long", False),
        ("one\ntwo", "one\r\ntwo", True),
        ("cafe\N{COMBINING ACUTE ACCENT}", "café", True),
        ("text", " text ", True),
        ("", None, True),
        ("", "null", False),
        (0, 0.0, True),
        (0, None, False),
        (4294967296.25, 2147483647, False),
        ("1970-01-01", "1970-01-01T00:00:00Z", True),
    ],
)
def test_a_value_is_whole_if_nothing_is_lost_or_changed(sent: Any, got: Any, whole: bool) -> None:
    assert is_whole(sent, got) is whole


def test_a_refusal_names_the_fields_that_are_wrong() -> None:
    assert named_fields(exchange(422, b'{"errors": {"name": "too long"}}')) == {"name"}
    assert named_fields(exchange(422, b'{"errors": ["too long"]}')) == set()
    assert named_fields(exchange(400, b"[]")) == set()


def test_a_long_text_is_shown_by_its_length_and_its_end() -> None:
    assert in_short("short") == "'short'"
    assert in_short("x" * 500 + "end").startswith("a text of 503 characters that ends in 'xxx")


def test_text_fields_take_any_text() -> None:
    assert text_fields(LIMITS, "createDeal") == ["name", "notes", "tags"]
    assert text_fields(LIMITS, "updateDealTask") == ["title", "description"]
    assert text_fields(LIMITS, "deleteDeal") == []


def test_a_refused_field_does_not_hide_the_others() -> None:
    with (
        serving(mock_app(mutation="tags-are-cut-at-191-characters")) as root,
        run_against(f"{root}/api", **mock_people()) as suite,
    ):
        writer = FieldWriter(suite.scene, "createDeal")
        assert writer.refused_or_whole({"name": "n" * 256, "tags": "t" * 191}) == {"tags"}
        with pytest.raises(Broken, match="tags is a text of 191 characters"):
            writer.refused_or_whole({"name": "n" * 256, "tags": "t" * 192})


def test_a_value_at_a_documented_limit_may_not_be_refused() -> None:
    with serving(mock_app()) as root, run_against(f"{root}/api", **mock_people()) as suite:
        writer = FieldWriter(suite.scene, "createDeal")
        assert writer.refused_or_whole({"probability": 101}) == set()
        with pytest.raises(Broken, match="probability 101 is within the documented limits"):
            writer.refused_or_whole({"probability": 101, "value": 1}, must=("probability",))
