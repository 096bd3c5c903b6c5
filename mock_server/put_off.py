"""Modules that others import for what the mock never does, loaded only if something does it after all.

Connexion imports Requests for contracts in the Web, HTTPX for OAuth servers, and Starlette's test client for
its own `test_client()`. Together they took a tenth of the mock's start, and 5 MB.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module, which is loaded when something of it is used."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # for this the import itself asks: whether it is a package
            raise AttributeError(name)
        _remove(self)
        return getattr(import_module(self.__name__), name)

    def function(self, name: str) -> None:
        """Have a function or class of this name, which loads the module when it is called."""
        setattr(self, name, lambda *args, **kwargs: self.__getattr__(name)(*args, **kwargs))


@contextmanager
def put_off(modules: Mapping[str, Collection[str]]) -> Iterator[None]:
    """Let imports in this block load none of these modules, if nothing has loaded them before.

    Each is named with those of its functions and classes that are imported by name (`from … import …`).
    """
    stand_ins = [_Later(name) for name in modules if name not in sys.modules]
    for each in stand_ins:
        for name in modules[each.__name__]:
            each.function(name)
        sys.modules[each.__name__] = each
    try:
        yield
    finally:
        for each in stand_ins:
            _remove(each)


def _remove(stand_in: _Later) -> None:
    """Who imports the module from now on gets itself."""
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
