"""The waivers file: how it is read, and what is said of a mistake in it."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

KEYS: Final = ("id", "law", "check", "claim", "operation", "reason", "expires")
ID: Final = re.compile(r"f[0-9a-f]{9}")
OUTSIDE: Final = "(outside the contract)"  # how a finding names a request to no operation


class WaiverError(Exception):
    """The waivers file is invalid; the message says why in one line."""


@dataclass(frozen=True)
class Names:
    """What a waiver may name."""

    rules: Collection[str]
    operations: Collection[str]


@dataclass(frozen=True)
class Waiver:
    """One mismatch that is accepted until a date; what is not given matches everything."""

    reason: str
    expires: dt.date
    id: str | None = None
    rule: str | None = None
    claim: str | None = None
    operations: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What is waived, in words."""
        what = [self.id, self.rule, f"“{self.claim}”" if self.claim else None]
        on = f" on {', '.join(self.operations)}" if self.operations else ""
        return ", ".join(filter(None, what)) + on


def read_waivers(path: Path, names: Names | None = None) -> tuple[Waiver, ...]:
    """The waivers of a file; raises WaiverError with one line on any mistake. An empty file has none."""
    return parsed(read_text(path), str(path), names)


def read_text(path: Path) -> str:
    """The text of a waivers file, its line ends as they are."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WaiverError(f"cannot read the waivers file {path}: {error}") from error


def parsed(text: str, path: str, names: Names | None = None) -> tuple[Waiver, ...]:
    """The waivers of a text."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: no date, such as 2026-13-01
        raise WaiverError(f"cannot read the waivers file {path}: {' '.join(str(error).split())}") from error
    entries = document.get("waivers") if isinstance(document, Mapping) and "waivers" in document else document
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise WaiverError(f"the waivers file {path} must be a list, each entry beginning with “- ”")
    return tuple(_Entry(entry, f"{path}, waiver {n}").waiver(names) for n, entry in enumerate(entries, 1))


class _Entry:
    """One entry of the file."""

    def __init__(self, entry: Any, where: str) -> None:
        self._where = where
        if not isinstance(entry, Mapping):
            raise self._error("must have keys and values, such as `law: …`, `reason: …`, `expires: …`")
        self._entry = {str(key): value for key, value in entry.items()}

    def waiver(self, names: Names | None) -> Waiver:
        """The waiver that the entry describes."""
        for key in self._entry.keys() - set(KEYS):
            raise self._error(f"unknown key {key}{_meant(key, KEYS)}; there are {', '.join(KEYS)}")
        if {"law", "check"} <= self._entry.keys():
            raise self._error("`law` and `check` exclude each other")
        rule, id = self._text("law") or self._text("check"), self._text("id")
        if not rule and not id:
            raise self._error("`law`, `check` or `id` is missing: what is waived?")
        if id and not ID.fullmatch(id):
            raise self._error(f"`id` must be one that a report shows, such as f9998b5a5b, but is {id!r}")
        waiver = Waiver(
            reason=self._reason(),
            expires=self._date(),
            id=id,
            rule=rule,
            claim=self._text("claim"),
            operations=self._operations(),
        )
        if names is not None:
            self._refuse_unknown(waiver, names)
        return waiver

    def _reason(self) -> str:
        reason = self._text("reason")
        if not reason:
            raise self._error("`reason` is missing: why is it accepted?")
        return reason

    def _text(self, key: str) -> str | None:
        value = self._entry.get(key)
        if isinstance(value, list | Mapping):
            raise self._error(f"`{key}` must be one text")
        return None if value is None else " ".join(str(value).split())

    def _operations(self) -> tuple[str, ...]:
        if "operation" not in self._entry:
            return ()
        given = self._entry["operation"]
        found = given if isinstance(given, list) else [given]
        if not found or not all(isinstance(each, str) and each for each in found):
            raise self._error(
                "`operation` must be a name or a list of names; leave it out for all operations"
            )
        return tuple(found)

    def _date(self) -> dt.date:
        value = self._entry.get("expires")
        if value is None:
            raise self._error("`expires` is missing: until when is it accepted (YYYY-MM-DD)?")
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            raise self._error(f"`expires` must be a date (YYYY-MM-DD), but is {str(value)!r}") from None

    def _refuse_unknown(self, waiver: Waiver, names: Names) -> None:
        """A name that does not exist would waive nothing, in silence."""
        if waiver.rule and waiver.rule not in names.rules:
            key = "law" if "law" in self._entry else "check"
            hint = _meant(waiver.rule, names.rules)
            raise self._error(f"there is no {key} named {waiver.rule!r}{hint}")
        for name in waiver.operations:
            if name not in names.operations and not name.endswith(OUTSIDE):
                hint = _meant(name, names.operations)
                raise self._error(f"there is no operation named {name!r}{hint}")

    def _error(self, text: str) -> WaiverError:
        return WaiverError(f"{self._where}: {text}")


def _meant(name: str, known: Collection[str]) -> str:
    by_case = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), by_case, n=1)
    return f"; did you mean {by_case[near[0]]}?" if near else ""
