"""What a run must not send: what `--read-only` and `--skip` exclude."""

from __future__ import annotations

from typing import Final

from contract_tests.client.created import MAKERS, ORDER_CHANGERS, OWNED, REMOVERS
from contract_tests.client.errors import ReadOnlyError, SkippedError
from contract_tests.settings.settings import Settings
from deals_spec import Contract

# Imported deals are found by their names and then deleted. Tasks and notes go with their deal.
UNDONE_BY: Final = {
    **{
        maker: (remover,)
        for maker, kind in MAKERS.items()
        for remover, removed in REMOVERS.items()
        if kind == removed and kind not in OWNED
    },
    "importDeals": ("listDeals", "deleteDeal"),
}
ORDER_READER: Final = "listDealStages"


class Permissions:
    """Which operations the settings allow."""

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self._read_only = settings.read_only
        self._skipped = {name.lower(): name for name in settings.skip}
        self._contract = contract

    def check(self, method: str, operation_id: str | None) -> None:
        """Raise an error if the run must not send this request."""
        if self._read_only and method.upper() != "GET":
            raise ReadOnlyError("--read-only allows only GET requests")
        if reason := self.refusal(operation_id):
            raise SkippedError(reason)

    def refusal(self, operation_id: str | None) -> str:
        """Why `--skip` forbids an operation, or an empty text."""
        if operation_id is None or not self._skipped:
            return ""
        if name := self._skip(operation_id):
            return f"--skip {name}"
        for needed in UNDONE_BY.get(operation_id, ()):
            if name := self._skip(needed):
                return f"{operation_id} could not be cleaned up: --skip {name}"
        if operation_id in ORDER_CHANGERS and (name := self._skip(ORDER_READER)):
            return f"the order of the stages could not be restored after {operation_id}: --skip {name}"
        return ""

    def _skip(self, operation_id: str) -> str:
        """The name in `--skip` that stands for this operation: its own or its tag's."""
        operation = self._contract.operations.get(operation_id)
        names = [operation_id, *([operation.tag] if operation else [])]
        return next((self._skipped[name.lower()] for name in names if name.lower() in self._skipped), "")
