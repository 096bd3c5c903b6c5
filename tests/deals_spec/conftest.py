"""The contract, its two views, and the tables of the documentation page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deals_spec.views import documented_view, full_view

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "openapi" / "deals.yaml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def documented(document: dict[str, Any]) -> dict[str, Any]:
    return documented_view(document)


@pytest.fixture(scope="session")
def full(document: dict[str, Any]) -> dict[str, Any]:
    return full_view(document)


@pytest.fixture(scope="session")
def page() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "page.yaml").read_text("utf-8"))
    return loaded
