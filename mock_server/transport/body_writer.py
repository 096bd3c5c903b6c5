"""Writes the bodies of responses as JSON, and remembers how, so that the check need not read all of it."""

from __future__ import annotations

from typing import Any

from mock_server.checked_json import written
from mock_server.framework import request_context

WRITTEN = "written"  # in the context of a request: the body that its handler has returned


class BodyWriter:
    """Connexion's jsonifier: it is called with what a handler returns."""

    def dumps(self, data: Any, **_: Any) -> bytes:
        """The value as JSON."""
        made = request_context[WRITTEN] = written(data)
        return made.body
