"""The names of what is judged besides the laws, and claims that several modules make."""

from __future__ import annotations

from typing import Final

CONFORMANCE: Final = "conformance"  # random requests to one operation
LIFECYCLE: Final = "lifecycle"  # link sequences: requests that follow the contract's links
LAWS: Final = "laws"
PARTS: Final = (CONFORMANCE, LAWS, LIFECYCLE)

REQUIRED: Final = "required_fields_are_enforced"
TYPED: Final = "documented_types_are_enforced"
VALUES: Final = "documented_values_are_enforced"
PAGE_SIZE: Final = "per_page_never_exceeds_its_maximum"
CREATED: Final = "created_deals_can_be_read"
DELETED: Final = "deleted_deals_are_not_found"

ENFORCED: Final = (REQUIRED, TYPED, VALUES)
OF_OPERATIONS: Final = (*ENFORCED, PAGE_SIZE)
OF_LIFECYCLE: Final = (CREATED, DELETED)
RULES_OF_FUZZING: Final = (*OF_OPERATIONS, *OF_LIFECYCLE)
LAST: Final = 100_000  # the rank of rules that are judged after the laws
RUN_RULES: Final = ("coverage", "sign-in")

NO_SERVER_ERROR: Final = "no response is a server error (5xx)"
SUCCESS: Final = "success"  # what a law expects of a request that it takes for granted
VALID_JSON: Final = "the response body is valid JSON"
ALWAYS_RESPONDS: Final = "the server responds to every request"
