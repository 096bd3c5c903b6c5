"""A backend with one habit in the form of its responses: the mock, with its JSON changed on the way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Change = Callable[[Any, int], Any]  # a JSON body and its status → the body with the habit
NUMBERS = ("current_page", "last_page", "per_page", "total")


def each(change: Callable[[str, Any], Any]) -> Change:
    """The habit of changing properties, wherever they are."""

    def changed(value: Any, status: int, name: str = "") -> Any:
        if isinstance(value, dict):
            value = {key: changed(inner, status, key) for key, inner in value.items()}
        elif isinstance(value, list):
            value = [changed(inner, status) for inner in value]
        return change(name, value)

    return changed


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def amounts_as_text(name: str, value: Any) -> Any:
    return f"{value:.2f}" if name == "value" and _is_number(value) else value


def flags_as_numbers(name: str, value: Any) -> Any:
    return int(value) if name in ("is_won", "is_lost") else value


def ids_as_text(name: str, value: Any) -> Any:
    return str(value) if (name == "id" or name.endswith("_id")) and _is_number(value) else value


def totals_as_text(name: str, value: Any) -> Any:
    return str(value) if name in NUMBERS else value


def tags_as_a_list(name: str, value: Any) -> Any:
    texts = name == "tags" and isinstance(value, str) and " " not in value
    return value.split(",") if texts else value


def without_nulls(name: str, value: Any) -> Any:
    return (
        {key: inner for key, inner in value.items() if inner is not None}
        if isinstance(value, dict)
        else value
    )


def in_camel_case(name: str, value: Any) -> Any:
    if not isinstance(value, dict) or name == "errors":
        return value
    return {key[0] + key.title().replace("_", "")[1:]: inner for key, inner in value.items()}


def errors_as_lists(body: Any, status: int) -> Any:
    if isinstance(body, dict) and isinstance(body.get("errors"), dict):
        return {**body, "errors": {name: [text] for name, text in body["errors"].items()}}
    return body


def errors_as_records(body: Any, status: int) -> Any:
    if isinstance(body, dict) and isinstance(body.get("errors"), dict):
        return {**body, "errors": [{"field": name, "message": text} for name, text in body["errors"].items()]}
    return body


def errors_always(body: Any, status: int) -> Any:
    return {"errors": None, **body} if isinstance(body, dict) and status >= 400 else body


def numbers_under_meta(body: Any, status: int) -> Any:
    if not isinstance(body, dict) or not set(NUMBERS) <= body.keys():
        return body
    return {"data": body["data"], "meta": {name: body[name] for name in NUMBERS}}


def one_envelope_more(body: Any, status: int) -> Any:
    return {"success": True, "data": body} if status < 400 else body


def records_under_their_kind(body: Any, status: int) -> Any:
    if isinstance(body, dict) and isinstance(body.get("data"), dict) and "id" in body["data"]:
        kind = "deal" if "stage_id" in body["data"] else "record"
        return {**body, "data": {kind: body["data"]}}
    return body


def without_envelope(body: Any, status: int) -> Any:
    return body["data"] if isinstance(body, dict) and "success" in body and "data" in body else body


class Habit:
    """An ASGI application in front of another one, whose JSON it changes."""

    def __init__(self, app: Any, change: Change, before: bytes = b"") -> None:
        self._app, self._change, self._before = app, change, before

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, and its response back with the habit."""
        start: dict[str, Any] = {}
        body = bytearray()

        async def changed(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                content = self._changed(bytes(body), start["status"])
                kept = [
                    (name, value) for name, value in start["headers"] if name.lower() != b"content-length"
                ]
                await send({**start, "headers": [*kept, (b"content-length", str(len(content)).encode())]})
                await send({"type": "http.response.body", "body": content})

        await self._app(scope, receive, changed if scope["type"] == "http" else send)

    def _changed(self, content: bytes, status: int) -> bytes:
        try:
            body = json.loads(content)
        except ValueError:
            return content
        return self._before + json.dumps(self._change(body, status)).encode()
