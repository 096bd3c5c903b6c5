"""YAML for world files: only JSON's types, so that text is never read as anything else.

Plain YAML reads `NO` as false, `14:00` as 840 and `2026-01-15` as a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from deals_spec.places import SAFE_LOADER
from mock_server.worldfile.errors import WorldFileError, shown

PLAIN = (  # type, pattern, first characters
    ("bool", "true|false", "tf"),
    ("int", "-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:e[+-]?[0-9]+)?", "-0123456789"),
    ("null", "null|~|", ["n", "~", ""]),
)
RESOLVERS = {
    first: [
        (f"tag:yaml.org,2002:{name}", re.compile(f"(?:{pattern})\\Z"))
        for name, pattern, firsts in PLAIN
        if first in firsts
    ]
    for first in ["", *"~tfn-0123456789"]
}

DEEPEST = 10  # levels; a world has four
TOO_DEEP = "nested too deeply"

# Text that is safe as a block: only plain line breaks, and no blanks at either end.
BLOCK = re.compile("\\S(?:[^\r\x85\u2028\u2029]*\\S)?\n?")

# The C versions are ten times as fast, if PyYAML was built with them.
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


# `!!timestamp` and the like make values that no field accepts; None stands for any other tag.
TAGS = {
    None,
    *(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")),
}
CONSTRUCTORS = {tag: made for tag, made in yaml.SafeLoader.yaml_constructors.items() if tag in TAGS}


class _Loader(SAFE_LOADER):  # type: ignore[misc]
    yaml_implicit_resolvers = RESOLVERS
    yaml_constructors = CONSTRUCTORS

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                raise _error("a key must be text", key)
            if key.value in seen:
                raise _error(f"duplicate key {shown(key.value)}", key)
            seen.add(key.value)
        # Without YAML's merge keys, which can multiply.
        return yaml.constructor.BaseConstructor.construct_mapping(self, node, deep)


def _error(problem: str, node: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


class _Dumper(_BaseDumper):  # type: ignore[misc]
    yaml_implicit_resolvers = RESOLVERS

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text and BLOCK.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def parse(text: str, source: str) -> Any:
    """Parse a text; raises WorldFileError, in one line, if it is not YAML."""
    try:
        _check_depth(text)
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        problem = error.problem or error.context
        # What libyaml itself says, which reads ahead.
        problem = TOO_DEEP if problem == "exceeded maximum nesting depth" else problem
        raise WorldFileError(f"{source}: {where}{problem}", line=mark.line + 1 if mark else None) from None
    except Exception as error:  # PyYAML raises anything for a tag that does not fit, such as `!!bool x`
        raise WorldFileError(f"{source}: is not valid YAML: {error}") from None


def _check_depth(text: str) -> None:
    """Raise an error where a text is nested too deeply; some versions of PyYAML would crash the process."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _error(TOO_DEEP, event)


def render(data: Mapping[str, Any], *, one_liners: bool = False) -> str:
    """The data as YAML; with `one_liners`, each record is on one line."""
    text: str = yaml.dump(
        dict(data),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None if one_liners else False,
        width=1_000_000,
    )
    return text
