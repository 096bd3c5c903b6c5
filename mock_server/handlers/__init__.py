"""Handlers: one function for each operation, one module for each tag.

A public function in these modules handles the operation of the same name
(`list_deals` handles `listDeals`); helpers begin with an underscore.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from inspect import isfunction
from types import ModuleType
from typing import Any

from inflection import camelize, underscore

Handler = Callable[..., Any]


class HandlerError(Exception):
    """The handlers do not match the contract."""


def modules(package: ModuleType = sys.modules[__name__]) -> list[ModuleType]:
    """The modules of a package that contain handlers; of this one, if none is given."""
    found = pkgutil.iter_modules(package.__path__)
    return [import_module(f"{package.__name__}.{module.name}") for module in found]


def handlers_of(operations: Iterable[str], where: Iterable[ModuleType]) -> Mapping[str, Handler]:
    """The handler of each operation by operation id; raises HandlerError if any is missing or left over."""
    functions = _public_functions(where)
    wanted = {underscore(operation): operation for operation in operations}
    missing = sorted(wanted.keys() - functions.keys())
    left_over = sorted(functions.keys() - wanted.keys())
    if missing or left_over:
        raise HandlerError(
            f"Operations without a handler: {', '.join(missing) or 'none'}; "
            f"handlers without an operation: {', '.join(left_over) or 'none'}"
        )
    return {operation: functions[name] for name, operation in wanted.items()}


def handled_operations() -> list[str]:
    """The ids of the operations that have a handler here, tag by tag."""
    return [camelize(name, uppercase_first_letter=False) for name in _public_functions(modules())]


def _public_functions(where: Iterable[ModuleType]) -> dict[str, Handler]:
    return {
        name: function
        for module in where
        for name, function in vars(module).items()
        if isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    }
