"""Whether a finding rests on a guess in the contract, of whatever kind: then it is drift."""

from __future__ import annotations

from collections.abc import Iterable

from contract_tests.client.exchange import Exchange
from deals_spec import Contract


def is_guessed_operation(operation_id: str, contract: Contract) -> bool:
    """Whether the whole operation is inferred."""
    operation = contract.operations.get(operation_id)
    return operation is not None and operation.inferred


def sends_a_guess(exchange: Exchange, contract: Contract) -> bool:
    """Whether a request used an inferred operation, query parameter or body field."""
    operation_id = exchange.operation_id or ""
    if operation_id not in contract.operations:
        return False
    if is_guessed_operation(operation_id, contract):
        return True
    body = exchange.request_json
    sent = (
        {name for name, _ in exchange.query}
        | set(exchange.files)
        | set(body if isinstance(body, dict) else ())
    )
    guessed = contract.fields(operation_id).keys() - contract.fields(operation_id, "documented").keys()
    return bool(guessed & sent)


def is_guessed_property(name: str, contract: Contract) -> bool:
    """Whether a property of a component schema, as in `Deal.risk`, is inferred."""
    schema, _, property_ = name.partition(".")
    documented = contract.documented["components"]["schemas"].get(schema, {})
    return property_ not in contract.properties_of(documented, "documented")


def rests_on_a_guess(
    operations: Iterable[str], about: Iterable[str], exchanges: Iterable[Exchange], contract: Contract
) -> bool:
    """Whether a law about these operations and properties, shown by these exchanges, judges a guess."""
    return (
        any(is_guessed_operation(operation, contract) for operation in operations)
        or any(is_guessed_property(name, contract) for name in about)
        or any(sends_a_guess(exchange, contract) for exchange in exchanges)
    )
