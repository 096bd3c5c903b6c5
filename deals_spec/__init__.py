"""The contract of the Deals API: its views, its operations, its limits.

The mock and the contract suite build on this package, and never on each other.
"""

from deals_spec.contract import Contract, View
from deals_spec.document import ContractError, Schema
from deals_spec.operation import Operation
from deals_spec.views import documented_view, full_view

__all__ = ["Contract", "ContractError", "Operation", "Schema", "View", "documented_view", "full_view"]
