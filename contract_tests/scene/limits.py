"""The limits and values that laws need, read from the contract in use."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.scene.expectations import NotJudged
from deals_spec import Contract, View

CAUTIOUS_PAGE: Final = 10  # deals per page, if the contract names no limit


class ContractLimits:
    """The limits, defaults and values that a contract gives to parameters and fields."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def of(self, operation: str, field: str, keyword: str, view: View = "documented") -> Any:
        """A keyword of a query parameter or body field, e.g. the `maximum` of `per_page`."""
        found = self._field(operation, field, view)
        if keyword not in found:
            raise NotJudged(f"the contract has no {keyword} for {field} in {operation}")
        return found[keyword]

    def values(self, operation: str, field: str, view: View = "documented") -> tuple[str, ...]:
        """The values that a query parameter or body field may have."""
        return tuple(self.of(operation, field, "enum", view))

    @property
    def largest_page(self) -> int:
        """The page size with which to read the list; not for judging."""
        field = self._field("listDeals", "per_page", "full")
        return int(field.get("maximum") or field.get("default") or CAUTIOUS_PAGE)

    @property
    def widest_scope(self) -> dict[str, str]:
        """The query for the widest scope; empty if the contract has no scopes."""
        scopes = self._field("listDeals", "scope", "documented").get("enum", [])
        return {"scope": scopes[-1]} if scopes else {}

    def _field(self, operation: str, field: str, view: View) -> Any:
        if operation not in self.contract.operations:
            return {}
        return self.contract.fields(operation, view).get(field, {})
