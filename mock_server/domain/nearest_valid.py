"""The valid value that is nearest to one that was refused, to suggest it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from mock_server.domain.days import day, moment
from mock_server.domain.nearest import nearest
from mock_server.domain.readings import Unclear

NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
LONGEST: Final = 200  # characters of a text that is worth a suggestion


def nearest_valid(value: Any, schema: Mapping[str, Any], fits: Callable[[Any], bool]) -> Any:
    """The valid value that is probably meant by one that does not fit its schema; None if there is none."""
    return next((each for each in _candidates(value, schema) if each is not None and fits(each)), None)


def _candidates(value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if isinstance(value, list | dict) or value is None or len(str(value)) > LONGEST:
        return
    text = str(value).strip()
    if options := schema.get("enum"):
        texts = {str(option): option for option in options}
        yield texts.get(nearest(text, texts, {}) or "")
        return
    kind, form = schema.get("type"), schema.get("format")
    if kind in ("integer", "number"):
        yield from _numbers(text, schema)
    elif kind == "boolean":
        yield WORDS.get(text.casefold())
    elif form in ("date", "date-time"):
        with suppress(Unclear):
            yield (day if form == "date" else moment)(text).text
    elif kind == "string":
        yield text
        yield text.replace(" ", "")


def _numbers(text: str, schema: Mapping[str, Any]) -> Iterator[float]:
    if not NUMBER.fullmatch(text):
        return
    number = float(text)
    low, high = schema.get("minimum", number), schema.get("maximum", number)
    within = min(max(number, low), high)
    yield round(within) if schema["type"] == "integer" or within == round(within) else within
    yield round(within, 2)
