#!/usr/bin/env python3
"""Write the Postman and the Bruno collection: one request for each operation, from the contract's examples.

    python clients/collections/make.py

Both sign in with their first request, and check that every answer is a success.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deals_spec import Contract, Operation
from deals_spec.document import resolved

HERE = Path(__file__).parent
MOCK = "http://127.0.0.1:4010/api"
SIGN_IN = "login"
Files = dict[str, str]  # the path of a file below this folder → its text


@dataclass(frozen=True)
class Request:
    """The example of one operation."""

    operation: Operation
    path: dict[str, str]
    query: dict[str, tuple[str, bool]]  # name → its example, and whether the request has it
    json: str | None
    files: dict[str, str]  # the field of a form → the text of its file


def requests(contract: Contract) -> Iterator[Request]:
    """The examples of all operations, in the contract's order."""
    for operation in contract.operations.values():
        bodies = {kind: _success(contract, media) for kind, media in operation.body_media.items()}
        json_body = bodies.get("application/json")
        yield Request(
            operation,
            path={p["name"]: str(_success(contract, p)) for p in operation.parameters if p["in"] == "path"},
            query={name: (str(p["example"]), _changes_nothing(p)) for name, p in operation.query.items()},
            json=None if json_body is None else json.dumps(json_body, indent=2, ensure_ascii=False),
            files=bodies.get("multipart/form-data", {}),
        )


def _success(contract: Contract, node: Any) -> Any:
    return resolved(contract.document, node["examples"]["success"])["value"]


def _changes_nothing(parameter: Any) -> bool:
    """Whether the example is the default; a filter would leave nothing to see."""
    return bool(parameter["example"] == parameter["schema"].get("default"))


def by_tag(contract: Contract) -> dict[str, list[Request]]:
    """The requests of each tag, in the contract's order."""
    found: dict[str, list[Request]] = {tag["name"]: [] for tag in contract.document["tags"]}
    for request in requests(contract):
        found[request.operation.tag].append(request)
    return found


# Postman


def postman(contract: Contract) -> Files:
    """The collection as Postman 2.1 has it."""
    token = "const token = pm.response.json().token; if (token) pm.collectionVariables.set('token', token);"
    success = "pm.test('The answer is a success', () => pm.response.to.be.success);"
    info = contract.document["info"]
    collection = {
        "info": {
            "name": info["title"],
            "description": f"Version {info['version']}, for a running deals-mock. Send *Sign in* first.",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "baseUrl", "value": MOCK}, {"key": "token", "value": ""}],
        "event": [_script(success)],
        "item": [
            {"name": tag, "item": [_postman_item(each, token) for each in found]}
            for tag, found in by_tag(contract).items()
        ],
    }
    files = {f"postman/{name}": text for name, text in _attached(contract).items()}
    return {"postman/deals.json": json.dumps(collection, indent=2, ensure_ascii=False) + "\n", **files}


def _script(line: str) -> dict[str, Any]:
    return {"listen": "test", "script": {"type": "text/javascript", "exec": [line]}}


def _postman_item(request: Request, token: str) -> dict[str, Any]:
    operation = request.operation
    path = re.sub(r"\{(\w+)\}", r":\1", operation.path)
    sent: dict[str, Any] = {
        "method": operation.method,
        "description": operation.description,
        "url": {
            "raw": "{{baseUrl}}" + path,
            "host": ["{{baseUrl}}"],
            "path": path.strip("/").split("/"),
            "variable": [{"key": name, "value": value} for name, value in request.path.items()],
            "query": [
                {"key": name, "value": value, "disabled": not used}
                for name, (value, used) in request.query.items()
            ],
        },
    }
    if request.json is not None:
        sent["header"] = [{"key": "Content-Type", "value": "application/json"}]
        sent["body"] = {"mode": "raw", "raw": request.json, "options": {"raw": {"language": "json"}}}
    if request.files:
        form = [{"key": name, "type": "file", "src": _file(name)} for name in request.files]
        sent["body"] = {"mode": "formdata", "formdata": form}
    if operation.public:
        sent["auth"] = {"type": "noauth"}
    events = {"event": [_script(token)]} if operation.id == SIGN_IN else {}
    return {"name": operation.summary, **events, "request": sent}


# Bruno


def bruno(contract: Contract) -> Files:
    """The collection as Bruno's files."""
    name = contract.document["info"]["title"]
    about = {"version": "1", "name": name, "type": "collection"}
    success = "test('The answer is a success', () => expect(res.getStatus()).to.be.within(200, 299));"
    files = {
        "bruno/bruno.json": json.dumps(about, indent=2) + "\n",
        "bruno/collection.bru": _blocks(
            ("auth", "mode: bearer"), ("auth:bearer", "token: {{token}}"), ("tests", success)
        ),
        "bruno/environments/mock.bru": _blocks(("vars", f"baseUrl: {MOCK}")),
        **{f"bruno/{path}": text for path, text in _attached(contract).items()},
    }
    for place, (tag, found) in enumerate(by_tag(contract).items(), start=1):
        files[f"bruno/{tag}/folder.bru"] = _blocks(("meta", f"name: {tag}\nseq: {place}"))
        for seq, request in enumerate(found, start=1):
            files[f"bruno/{tag}/{request.operation.summary}.bru"] = _bruno_request(request, seq)
    return files


def _bruno_request(request: Request, seq: int) -> str:
    operation = request.operation
    kind = "json" if request.json is not None else "multipartForm" if request.files else "none"
    auth = "none" if operation.public else "inherit"
    url = "{{baseUrl}}" + re.sub(r"\{(\w+)\}", r":\1", operation.path)
    query = [f"{'' if used else '~'}{name}: {value}" for name, (value, used) in request.query.items()]
    used = "&".join(f"{name}={value}" for name, (value, on) in request.query.items() if on)
    return _blocks(
        ("meta", f"name: {operation.summary}\ntype: http\nseq: {seq}"),
        (operation.method.lower(), f"url: {url}{'?' if used else ''}{used}\nbody: {kind}\nauth: {auth}"),
        ("params:query", "\n".join(query)),
        ("params:path", "\n".join(f"{name}: {value}" for name, value in request.path.items())),
        ("body:json", request.json or ""),
        ("body:multipart-form", "\n".join(f"{name}: @file({_file(name)})" for name in request.files)),
        ("script:post-response", "bru.setVar('token', res.body.token);" if operation.id == SIGN_IN else ""),
        ("docs", operation.description),
    )


def _blocks(*blocks: tuple[str, str]) -> str:
    """Bruno's notation: each block that has a text, indented."""
    shown = ("\n".join(f"  {line}" for line in text.rstrip().split("\n")) for _, text in blocks)
    return "\n".join(
        f"{name} {{\n{text}\n}}\n" for (name, _), text in zip(blocks, shown, strict=True) if text.strip()
    )


# Both


def _file(field: str) -> str:
    return f"deals-{field}.csv"


def _attached(contract: Contract) -> Files:
    """The files that requests send, beside the collection."""
    return {_file(name): text for each in requests(contract) for name, text in each.files.items()}


def collections(contract: Contract) -> Files:
    """Every file of both collections."""
    return {**postman(contract), **bruno(contract)}


def main() -> None:
    """Write them anew."""
    for folder in ("postman", "bruno"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    for path, text in collections(Contract.load()).items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
