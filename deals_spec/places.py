"""Where something stands in a YAML text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

SAFE_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, if available

Place = Sequence[str | int]  # the keys and indexes that lead to a node: ("paths", "/deals", "get")


class Lines:
    """The line of each place in a YAML text, counted from 1."""

    def __init__(self, text: str | bytes) -> None:
        try:
            self._root: Any = yaml.compose(text, SAFE_LOADER)
        except yaml.YAMLError:  # it has been edited meanwhile
            self._root = None

    def of(self, place: Place) -> int:
        """The line on which a place begins; that of the node above it, if the text does not have it."""
        node, line = self._root, 1
        for key in place:
            found = _child(node, key)
            if found is None:
                break
            node, line = found
        return line


@lru_cache(maxsize=4)
def lines_of(text: str | bytes) -> Lines:
    """The lines of a text; of the same text they are looked up once."""
    return Lines(text)


def line_of(text: str | bytes, place: Place) -> int:
    """The line of a node; if the text does not have it, of the nearest one above."""
    return lines_of(text).of(place)


def located(path: Path | str, line: int | None, reason: object) -> str:
    """A reason in one line, after its file as seen from here, as in `openapi/deals.yaml:12: …`."""
    file = Path(path).absolute()
    here = Path.cwd()
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    return f"{shown}{f':{line}' if line else ''}: {' '.join(str(reason).split())}"


def pointer(place: Place) -> str:
    """A place as a reference: `#/components/schemas/Money/minimum`."""
    return "#/" + "/".join(str(key).replace("~", "~0").replace("/", "~1") for key in place)


def _child(node: Any, key: str | int) -> tuple[Any, int] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child = node.value[key]
        return child, child.start_mark.line + 1
    return None
