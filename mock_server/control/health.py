"""`/__admin/health`: whether the mock is up, and how it was started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from mock_server.worlds import Worlds


def health(worlds: Worlds, facts: Mapping[str, Any]) -> Blueprint:
    """The health page; `facts` describe how the mock was started."""
    pages = Blueprint("health", __name__)

    @pages.get("/__admin/health")
    def show() -> dict[str, Any]:
        return {"status": "ok", **facts, "deals": len(worlds.base.current.deals)}

    return pages
