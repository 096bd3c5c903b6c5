"""The options, once, for the command line, the environment, the settings file and pytest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

Reader = Callable[[Any], Any]


class SettingsError(Exception):
    """The run cannot be made as it was asked for."""


@dataclass(frozen=True)
class Option:
    """One thing that a run may be told."""

    name: str  # as on the command line, without the dashes
    read_value: Reader
    help: str
    group: str
    metavar: str = ""  # none: a switch
    secret: bool = False
    many: bool = False
    short: str = ""
    attribute: str = ""  # in Settings, if not the name

    @property
    def flag(self) -> str:
        """As on the command line."""
        return f"--{self.name}"

    @property
    def flags(self) -> tuple[str, ...]:
        """All its spellings on the command line."""
        return (self.short, self.flag) if self.short else (self.flag,)

    @property
    def field(self) -> str:
        """As in `Settings`."""
        return self.attribute or self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """As in the environment."""
        return "DEALS_" + self.name.replace("-", "_").upper()

    def read(self, value: Any, source: str) -> Any:
        """The value, or an error that names where it came from; a secret is never repeated."""
        try:
            return self.read_value(value)
        except ValueError as error:
            shown = "the value" if self.secret else repr(value)
            raise SettingsError(f"{source}: {shown} {error}") from None


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if str(value).lower() not in words:
        raise ValueError("is neither true nor false")
    return words[str(value).lower()]


def _integer(least: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(value)):
            raise ValueError("is not a whole number")
        if int(value) < least:
            raise ValueError(f"is less than {least}")
        return int(value)

    return read


def _seconds(value: Any) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*(s|m|h|)", str(value))
    if not found or float(found[1]) == 0:
        raise ValueError("is no time: say 90, 90s or 2m")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _rate(value: Any) -> float:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?:/(s|m|h))?", str(value))
    if not found or float(found[1]) == 0:
        raise ValueError("is no rate: say 5/s, 300/m or 1000/h")
    return float(found[1]) / {None: 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _url(value: Any) -> str:
    try:
        parts = urlsplit(str(value).strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is no address: say http://host:port/api or https://host/api")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("has a part too many: only scheme, host, port and path")
    return str(value).strip().rstrip("/")


def _token(value: Any) -> str:
    text = re.sub(r"^bearer\s+", "", str(value).strip(), flags=re.IGNORECASE)
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError("is no token: it has spaces or unusual characters")
    return text


def _names(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(name.strip() for text in values for name in str(text).split(",") if name.strip())


def _existing_file(value: Any) -> Path:
    path = Path(str(value)).expanduser()
    if not path.is_file():
        raise ValueError("is no file")
    return path


def _directory(value: Any) -> Path:
    path = Path(str(value)).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("is no directory")
    return path


TARGET, PEOPLE = "the target", "people"
CHOICE, LIMITS, OUTCOME = "what is looked at", "care for the target", "the verdict and the reports"

OPTIONS: Final = (
    Option("base-url", _url, "where the API is, base path included: https://host/api", TARGET, "URL"),
    Option("contract", _existing_file, "another contract file than the packaged one", TARGET, "FILE"),
    Option("token", _token, "the token of the person who tests", PEOPLE, "TOKEN", secret=True),
    Option("email", str, "sign in through /auth/login instead (and judge that, too)", PEOPLE, "EMAIL"),
    Option("password", str, "the password for --email", PEOPLE, "PASSWORD", secret=True),
    Option("admin-token", _token, "a token of an admin, if --token is not one", PEOPLE, "TOKEN", secret=True),
    Option("other-token", _token, "a token of a person of a lower role", PEOPLE, "TOKEN", secret=True),
    Option("expired-token", _token, "a token that has expired, to be refused", PEOPLE, "TOKEN", secret=True),
    Option("only", _names, "only these laws, checks, operations, tags or parts (conformance, laws, "
           "lifecycle); may be repeated", CHOICE, "NAMES", many=True),
    Option("skip", _names, "all but these; may be repeated", CHOICE, "NAMES", many=True),
    Option("seed", _integer(0), "another seed makes other examples (default: 1)", CHOICE, "N"),
    Option("quote-id", _integer(1), "a quote of a deal that may be written to: quotes cannot be made "
           "through this API", CHOICE, "ID"),
    Option("quote-deal-id", _integer(1), "the deal of that quote; else the one that shows it as its primary "
           "quote", CHOICE, "ID"),
    Option("read-only", _switch, "send nothing but GET", LIMITS),
    Option("rate-limit", _rate, "at most so many requests: 5/s, 300/m", LIMITS, "RATE"),
    Option("max-time", _seconds, "stop asking after this time: 90, 90s, 2m", LIMITS, "TIME"),
    Option("request-timeout", _seconds, "wait so long for one answer (default: 30s)", LIMITS, "TIME"),
    Option("workers", _integer(1), "judge so many operations at once (default: 1): faster if the target is "
           "slow to answer; the verdicts are the same", LIMITS, "N"),
    Option("strict", _switch, "drift fails, too: every departure from the whole contract", OUTCOME),
    Option("waivers", _existing_file, "known departures, accepted for a time (YAML)", OUTCOME, "FILE"),
    Option("report-dir", _directory, "write report.json, junit.xml, report.md, report.html here", OUTCOME,
           "DIR"),
    Option("stop-early", _switch, "stop at the first violation", OUTCOME, short="-x"),
)  # fmt: skip
