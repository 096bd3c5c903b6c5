"""The names of what is judged beside the laws and the shape of answers."""

from __future__ import annotations

from typing import Final

CONFORMANCE: Final = "conformance"  # random requests to one operation
LIFECYCLE: Final = "lifecycle"  # walks over the contract's links
LAWS: Final = "laws"
PARTS: Final = (CONFORMANCE, LAWS, LIFECYCLE)

REQUIRED: Final = "required_fields_are_enforced"
TYPED: Final = "documented_types_are_enforced"
VALUES: Final = "documented_values_are_enforced"
PAGE_SIZE: Final = "per_page_never_exceeds_its_maximum"
THERE: Final = "created_deals_can_be_read"
GONE: Final = "deleted_deals_are_not_found"

ENFORCED: Final = (REQUIRED, TYPED, VALUES)
OF_OPERATIONS: Final = (*ENFORCED, PAGE_SIZE)
OF_LIFECYCLE: Final = (THERE, GONE)
EVERY: Final = (*OF_OPERATIONS, *OF_LIFECYCLE)
OWN: Final = ("coverage", "sign-in")
