"""A document as the text of a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes everything out where it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_json(document: Mapping[str, Any]) -> str:
    """The document as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_yaml(document: Mapping[str, Any]) -> str:
    """The document as YAML, in its own order."""
    text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


FORMS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {"json": as_json, "yaml": as_yaml}
