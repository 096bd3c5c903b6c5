"""List the changes between two versions of the contract, and check that its version number reflects them.

The contract's version (`info.version`) is semantic: a change that can break a client requires a new major
version, an addition a new minor version, a change in wording a new patch version. Both views of the contract
count: a change to a guess can break a client, too. The name of a schema is never sent, but types of generated
clients are called like it: a name that is gone counts as much as an addition.

exit status: 0 the version number is high enough, 1 it is too low, 2 a contract cannot be read
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from deals_spec.document import METHODS, ContractError, Schema, read_document
from deals_spec.schema_changes import Change, Level, expanded, schema_changes
from deals_spec.version import installed_version
from deals_spec.views import documented_view, full_view

Version = tuple[int, int, int]

LABELS: Final = {Level.BREAKING: "breaking", Level.ADDITION: "addition", Level.WORDING: "wording"}
ANY_SUCCESS: Final = "2XX"


def contract_changes(old: Schema, new: Schema) -> list[Change]:
    """The changes between two contracts, in either view, the most serious first."""
    found: dict[Change, None] = {}
    for view in (full_view, documented_view):
        found |= dict.fromkeys(_view_changes(view(old), view(new)))
    if gone := sorted(_schemas(old).keys() - _schemas(new).keys()):
        found[Change(Level.ADDITION, "contract", f"schema names gone: {', '.join(gone)}")] = None
    if not found and _without_version(old) != _without_version(new):
        found[Change(Level.WORDING, "contract", "descriptions, examples or marks changed")] = None
    return sorted(found, key=lambda change: -change.level)


def version_of(document: Schema) -> Version:
    """The contract's version; raises ContractError if it is not semantic."""
    text = str(document["info"]["version"])
    parts = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
    if parts is None:
        raise ContractError(f"info.version must be MAJOR.MINOR.PATCH, not {text!r}")
    major, minor, patch = map(int, parts.groups())
    return major, minor, patch


def lowest_version(old: Version, changes: list[Change]) -> Version:
    """The lowest version that these changes allow."""
    major, minor, patch = old
    if not changes:
        return old
    raised: dict[Level, Version] = {
        Level.BREAKING: (major + 1, 0, 0),
        Level.ADDITION: (major, minor + 1, 0),
        Level.WORDING: (major, minor, patch + 1),
    }
    return raised[max(change.level for change in changes)]


def _view_changes(old: Schema, new: Schema) -> Iterator[Change]:
    before, after = _operations(old), _operations(new)
    for key, operation in before.items():
        name = operation["operationId"]
        if key not in after:
            yield Change(Level.BREAKING, name, f"operation {key} removed")
        else:
            yield from _operation_changes(name, operation, after[key])
    for key in [key for key in after if key not in before]:
        yield Change(Level.ADDITION, after[key]["operationId"], f"operation {key} added")
    if (was := old.get("x-max-body-bytes")) != (now := new.get("x-max-body-bytes")):
        lower = was is None or (now is not None and now < was)
        level = Level.BREAKING if lower else Level.ADDITION
        yield Change(level, "contract", f"x-max-body-bytes changed from {was} to {now}")
    if (before_path := _base_path(old)) != (after_path := _base_path(new)):
        yield Change(Level.BREAKING, "contract", f"base path changed from {before_path} to {after_path}")


def _operations(document: Schema) -> dict[str, dict[str, Any]]:
    """Each operation by method and path, with references resolved and shared parts included."""
    roles = _schemas(document).get("Role", {}).get("enum", ())
    return {
        f"{method.upper()} {path}": {
            "security": document.get("security", []),
            **expanded(document, item[method]),
            "parameters": _parameters(document, item, method),
            "roles": roles,
        }
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }


def _schemas(document: Schema) -> Mapping[str, Any]:
    """The component schemas by name."""
    found: Mapping[str, Any] = document.get("components", {}).get("schemas", {})
    return found


def _parameters(document: Schema, item: Schema, method: str) -> dict[str, dict[str, Any]]:
    every = expanded(document, [*item.get("parameters", ()), *item[method].get("parameters", ())])
    return {f"{each['in']} parameter {each['name']}": each for each in every}


def _operation_changes(name: str, old: Schema, new: Schema) -> Iterator[Change]:
    if name != new["operationId"]:
        yield Change(Level.BREAKING, name, f"renamed to {new['operationId']}")
    yield from _permission_changes(name, old, new)
    yield from _parameter_changes(name, old["parameters"], new["parameters"])
    yield from _body_changes(f"{name}, request", old.get("requestBody"), new.get("requestBody"))
    yield from _response_changes(name, old["responses"], new["responses"])


def _permission_changes(name: str, old: Schema, new: Schema) -> Iterator[Change]:
    if old["security"] != new["security"]:
        level = Level.BREAKING if new["security"] else Level.ADDITION
        yield Change(level, name, "authentication changed" if new["security"] else "authentication removed")
    was, now = old.get("x-required-role"), new.get("x-required-role")
    if was != now:
        rank = {None: -1, **{role: index for index, role in enumerate(new["roles"])}}
        level = Level.ADDITION if rank.get(now, 99) < rank.get(was, 99) else Level.BREAKING
        yield Change(level, name, f"required role changed from {was or 'any'} to {now or 'any'}")


def _parameter_changes(name: str, old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Change]:
    for key, parameter in old.items():
        where = f"{name}, {key}"
        if key not in new:
            yield Change(Level.BREAKING, where, "parameter removed")
            continue
        yield from _became_required(where, parameter, new[key])
        for keyword in ("style", "explode"):
            if parameter.get(keyword) != new[key].get(keyword):
                yield Change(Level.BREAKING, where, f"{keyword} changed")
        if (was := parameter.get("x-separator")) != (now := new[key].get("x-separator")):
            level = Level.ADDITION if was is None else Level.BREAKING
            yield Change(level, where, f"x-separator changed from {was} to {now}")
        yield from _meaning_changes(where, parameter.get("x-fields", []), new[key].get("x-fields", []))
        yield from schema_changes(parameter["schema"], new[key]["schema"], where, "request")
    for key in [key for key in new if key not in old]:
        required = new[key].get("required")
        what = "required parameter added" if required else "parameter added"
        yield Change(Level.BREAKING if required else Level.ADDITION, f"{name}, {key}", what)


def _meaning_changes(where: str, old: Any, new: Any) -> Iterator[Change]:
    """A parameter may look at more fields (a list) or mean more (a mapping), never at fewer or another."""
    if old != new:
        kept = new.items() >= old.items() if isinstance(old, Mapping) else set(new) >= set(old)
        yield Change(Level.ADDITION if kept else Level.BREAKING, where, "x-fields changed")


def _became_required(where: str, old: Schema, new: Schema) -> Iterator[Change]:
    was, now = bool(old.get("required")), bool(new.get("required"))
    if was != now:
        what = "is now required" if now else "is no longer required"
        yield Change(Level.BREAKING if now else Level.ADDITION, where, what)


def _body_changes(where: str, old: Schema | None, new: Schema | None) -> Iterator[Change]:
    if old is None or new is None:
        if new is not None:
            level = Level.BREAKING if new.get("required") else Level.ADDITION
            yield Change(level, where, "body added")
        elif old is not None:
            yield Change(Level.BREAKING, where, "body removed")
        return
    yield from _became_required(where, old, new)
    yield from _content_changes(where, old, new, "request")


def _response_changes(name: str, old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Change]:
    for status, response in old.items():
        where = f"{name}, response {status}"
        same = _response(new, status)
        if same is None:
            yield Change(Level.BREAKING, where, "status removed")
            continue
        yield from _content_changes(where, response, same, "response")
        for header in response.get("headers", {}).keys() - same.get("headers", {}).keys():
            yield Change(Level.BREAKING, where, f"header {header} removed")
    known = {id(_response(new, status)) for status in old}
    for status in [status for status, response in new.items() if id(response) not in known]:
        yield Change(Level.ADDITION, f"{name}, response {status}", "status added")


def _response(responses: Mapping[str, Schema], status: str) -> Schema | None:
    """The response of a status; `2XX` matches any success."""
    if status == ANY_SUCCESS and status not in responses:
        return next((each for code, each in responses.items() if code.startswith("2")), None)
    return responses.get(status)


def _content_changes(where: str, old: Schema, new: Schema, direction: Any) -> Iterator[Change]:
    before, after = old.get("content", {}), new.get("content", {})
    for kind, media in before.items():
        if kind in after:
            yield from schema_changes(
                media.get("schema", {}), after[kind].get("schema", {}), where, direction
            )
        else:
            yield Change(Level.BREAKING, where, f"{kind} removed")
    for kind in [kind for kind in after if kind not in before]:
        yield Change(Level.ADDITION, where, f"{kind} added")


def _base_path(document: Schema) -> str:
    url: str = document["servers"][0]["url"]
    return re.sub(r"^https?://[^/]+", "", url).rstrip("/")


def _without_version(document: Schema) -> Schema:
    return {**document, "info": {**document["info"], "version": ""}}


def _shown(version: Version) -> str:
    return ".".join(map(str, version))


def main(argv: list[str] | None = None) -> int:
    """Print the changes, and check the new version; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m deals_spec.breaking_changes",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="the contract of the last release")
    parser.add_argument("new", type=Path, metavar="NEW", help="the current contract")
    parser.add_argument("--version", action="version", version=installed_version())
    given = parser.parse_args(argv)
    try:
        old, new = read_document(given.old)[1], read_document(given.new)[1]
        was, now = version_of(old), version_of(new)
    except ContractError as error:
        print(error, file=sys.stderr)
        return 2
    changes = contract_changes(old, new)
    for change in changes:
        print(f"{LABELS[change.level]:10}{change.where}: {change.what}")
    needed = lowest_version(was, changes)
    if now < needed:
        print(f"The contract's version must be at least {_shown(needed)}, but info.version is {_shown(now)}.")
        return 1
    print(f"{len(changes)} changes since {_shown(was)}; version {_shown(now)} is high enough.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
