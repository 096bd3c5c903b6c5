"""What the laws need to know of the contract when they are written: read from it, never typed again."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.contract import Contract, View

CONTRACT: Final = Contract.load()


def fact(operation: str, field: str, keyword: str, view: View = "documented") -> Any:
    """A keyword of a query parameter or body field, e.g. the `maximum` of `per_page`."""
    return CONTRACT.fields(operation, view)[field][keyword]


def values(operation: str, field: str, view: View = "documented") -> tuple[str, ...]:
    """The values that a query parameter or body field may have."""
    return tuple(fact(operation, field, "enum", view))


LARGEST_PAGE: Final[int] = fact("listDeals", "per_page", "maximum")
USUAL_PAGE: Final[int] = fact("listDeals", "per_page", "default")
