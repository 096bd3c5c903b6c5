"""What is suggested instead of an invalid value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract import MockContract
from mock_server.domain.nearest_valid import nearest_valid

CONTRACT = MockContract.load()
SORT = {"type": "string", "enum": ["title", "value", "closed_at"]}
SUGGESTIONS: list[tuple[dict[str, Any], Any, Any]] = [
    (SORT, "titel", "title"),
    (SORT, "Closed-At", "closed_at"),
    (SORT, "xyz", None),
    ({"type": "integer", "minimum": 1, "maximum": 100}, "500", 100),
    ({"type": "integer", "minimum": 1, "maximum": 100}, -3, 1),
    ({"type": "integer"}, "7", 7),
    ({"type": "integer"}, 2.6, 3),
    ({"type": "integer"}, "seven", None),
    ({"type": "number", "minimum": 0, "multipleOf": 0.01}, 1.239, 1.24),
    ({"type": "boolean"}, "Yes", True),
    ({"type": "boolean"}, 0, False),
    ({"type": "string", "format": "date"}, "31.12.2026", "2026-12-31"),
    ({"type": "string", "format": "date"}, "01/02/2026", None),  # January or February?
    ({"type": "string", "format": "date"}, "2026-02-31", None),
    ({"type": "string", "format": "date-time"}, "2026-01-15", "2026-01-15T00:00:00.000000Z"),
    ({"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"}, "1, 2", "1,2"),
    ({"type": "string"}, 7, "7"),
    ({"type": "string"}, None, None),
    ({"type": "string"}, ["a"], None),
    ({"type": "integer"}, "9" * 300, None),
]


@pytest.mark.parametrize(("schema", "value", "meant"), SUGGESTIONS)
def test_what_is_probably_meant(schema: dict[str, Any], value: Any, meant: Any) -> None:
    fits = CONTRACT.schemas.compile(schema).is_valid
    assert nearest_valid(value, schema, fits) == meant


SCHEMAS = st.sampled_from([schema for schema, _, _ in SUGGESTIONS])
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())


@given(SCHEMAS, VALUES)
def test_what_is_suggested_is_valid(schema: dict[str, Any], value: Any) -> None:
    fits = CONTRACT.schemas.compile(schema).is_valid
    meant = nearest_valid(value, schema, fits)
    assert meant is None or fits(meant)
