"""Handlers: one function for each operation, in one module for each tag.

A public function of a module here is the handler of the operation of its name
(`list_deals` of `listDeals`); helpers begin with an underscore.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from inspect import isfunction
from types import ModuleType
from typing import Any

from inflection import camelize, underscore

Handler = Callable[..., Any]


class HandlerError(Exception):
    """The handlers and the contract do not fit together."""


def modules() -> list[ModuleType]:
    """The modules of this package that hold handlers."""
    return [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]


def handlers_of(operations: Iterable[str], where: Iterable[ModuleType]) -> Mapping[str, Handler]:
    """The handler of each operation by the operation's id; none may lack, none be left over."""
    functions = _public_functions(where)
    wanted = {underscore(operation): operation for operation in operations}
    lacking = sorted(wanted.keys() - functions.keys())
    left_over = sorted(functions.keys() - wanted.keys())
    if lacking or left_over:
        raise HandlerError(
            f"Operations without a handler: {', '.join(lacking) or 'none'}; "
            f"handlers without an operation: {', '.join(left_over) or 'none'}"
        )
    return {operation: functions[name] for name, operation in wanted.items()}


def handled_operations() -> list[str]:
    """The ids of the operations that the handlers here are for, tag by tag."""
    return [camelize(name, uppercase_first_letter=False) for name in _public_functions(modules())]


def _public_functions(where: Iterable[ModuleType]) -> dict[str, Handler]:
    return {
        name: function
        for module in where
        for name, function in vars(module).items()
        if isfunction(function) and function.__module__ == module.__name__ and name[0] != "_"
    }
