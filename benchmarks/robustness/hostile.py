"""Values that break careless servers, and plausible ones for a schema of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

TEXTS = (
    "",
    " ",
    "0",
    "null",
    "true",
    "NaN",
    "-1",
    "1e3",
    "undefined",
    "a" * 255,
    "a" * 256,
    "a" * 1001,
    "é" * 65_535,
    "a" * 65_536,
    "😀",
    "👨‍👩‍👧‍👦" * 20,
    'O\'Brien "the" \\ back`slash',
    "' OR '1'='1' --",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}%s%n%(x)s{0}",
    "../../../../etc/passwd",
    "=1+1",
    "a;=1+1",
    "b\t@SUM(A1)",
    "a,b\r\nc",
    "x\r\nX-Injected: yes",
    "nul\x00byte",
    "\x1b[31m\x07\x7f",
    "\ud800",
    "\udfff\ud800",
    "\ufeffmark",
    "line\u2028separator\u2029",
    "\u202eright to left",
    "\u200b",
    "İıſKÅßﬀ",
    "e" + "\u0301" * 200,
    "\U0010ffff\uffff\ufdd0",
    "%00%ff%2e%2e%2f",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "2026-02-09T12:00:00Z",
    "٢٠٢٦-٠٢-٠٩",
    "24:00",
    "14:00\n",
    "#12345g",
    "#ABCDEF\n",
)
COLLIDING = 2**61 - 1  # whole numbers that differ by this have the same hash in Python
NUMBERS: tuple[float, ...] = (
    *(0, -0.0, -1, 1, 1.0, 0.1, 1.5, 99, 100, 101, 999_999_999_999.99, 999_999_999_999.995, 10**12),
    *(2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, COLLIDING, 7 * COLLIDING),
    *(1e308, -1e308, 5e-324, 10**30, 10**400, float("nan"), float("inf"), float("-inf")),
)


def text(random: Random) -> str:
    """A hostile text."""
    found = random.choice(TEXTS)
    return found if random.random() < 0.8 else found[:50] + random.choice(TEXTS)[:50]


def number(random: Random) -> float:
    """A hostile number."""
    return random.choice(NUMBERS)


def nested(random: Random) -> Any:
    """Lists in objects in lists, sometimes deeper than most parsers go."""
    found: Any = random.choice((None, "x", 1))
    for _ in range(random.choice((1, 3, 20, 120, 200))):
        found = [found] if random.random() < 0.5 else {"x": found}
    return found


def many(random: Random) -> list[Any]:
    """A long list: of colliding numbers, of one text, or of everything."""
    count = random.choice((2, 50, 1000))
    kinds: tuple[Callable[[int], Any], ...] = (
        lambda place: place * COLLIDING,
        lambda _: "",
        lambda place: place,
        lambda _: random.choice(NUMBERS[:20]),
    )
    make = random.choice(kinds)
    return [make(place) for place in range(count)]


def anything(random: Random) -> Any:
    """A value of any type, seldom the right one."""
    kinds: tuple[Callable[[Random], Any], ...] = (
        text,
        text,
        number,
        number,
        nested,
        many,
        lambda _: None,
        lambda _: True,
        lambda _: {},
        lambda _: [],
        lambda _: {"id": 1},
    )
    return random.choice(kinds)(random)


def for_type(kind: str | None, random: Random) -> Any:
    """A hostile value for a field: half of the time of its own type, which gets past the first check."""
    if random.random() < 0.5:
        return anything(random)
    if kind in ("integer", "number"):
        return number(random)
    return many(random) if kind == "array" else text(random)


def plausible(schema: Mapping[str, Any], random: Random) -> Any:
    """A value that the schema allows, or one at its limits."""
    if schema.get("nullable") and random.random() < 0.15:
        return None
    if "enum" in schema:
        return random.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "boolean":
        return random.random() < 0.5
    if kind in ("integer", "number"):
        return _plausible_number(schema, random)
    if kind == "array":
        return [plausible(schema["items"], random) for _ in range(random.randint(1, 5))]
    return _plausible_text(schema, random)


def _plausible_number(schema: Mapping[str, Any], random: Random) -> float:
    low, high = schema.get("minimum", 1), schema.get("maximum", 50)
    if random.random() < 0.2:
        return float(high) if schema["type"] == "number" else int(random.choice((low, high)))
    found = random.randint(int(low), int(min(high, 100_000)))
    return found + random.choice((0, 0.5, 0.25)) if schema["type"] == "number" else found


WORDS = (
    "Acme",
    "Renewal",
    "Größe",
    "Licence",
    "東京",
    "Call Jane",
    "enterprise,priority",
    "Q3",
    "naïve",
    "O'Brien 🚀",
)
FORMATS: dict[str, tuple[str, ...]] = {
    "date": ("2026-03-15", "2025-12-31", "2024-02-29", "1999-01-01", "2026-02-09"),
    "email": ("rep@revorbit.example",),
}
PATTERNS = {"#": ("#64748b", "#ABCDEF"), ":": ("14:00", "00:00", "23:59"), ",": ("1", "1,2,3", "3,3")}


def _plausible_text(schema: Mapping[str, Any], random: Random) -> str:
    if schema.get("format") in FORMATS:
        return random.choice(FORMATS[schema["format"]])
    for mark, texts in PATTERNS.items():
        if mark in schema.get("pattern", ""):
            return random.choice(texts)
    if random.random() < 0.05 and "maxLength" in schema:
        return "x" * min(int(schema["maxLength"]), 3000)
    words = " ".join(random.choices(WORDS, k=random.randint(1, 4)))
    return words[: int(schema.get("maxLength", 100))]
