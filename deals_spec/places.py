"""Where something stands in a YAML text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = Sequence[str | int]  # the keys and indexes that lead to a node: ("paths", "/deals", "get")


def line_of(text: str | bytes, place: Iterable[str | int]) -> int:
    """The line of a node; if the text does not have it, of the nearest one above."""
    line = 1
    try:
        node = yaml.compose(text, _BaseLoader)
    except yaml.YAMLError:  # it has been edited meanwhile
        return line
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(step)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = [(value, value) for value in node.value[step : step + 1]]
        else:
            break
        if not found:
            break
        marked, node = found[0]
        line = marked.start_mark.line + 1
    return line


def located(path: Path | str, line: int | None, reason: object) -> str:
    """A reason in one line, after its file as seen from here, as in `openapi/deals.yaml:12: …`."""
    file = Path(path).absolute()
    here = Path.cwd()
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    return f"{shown}{f':{line}' if line else ''}: {' '.join(str(reason).split())}"
