"""The bodies of the control side's contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from deals_spec.places import lines_of, pointer
from mock_server.contract import MockContract
from mock_server.control.broken_rules import BrokenRule, broken_rules
from mock_server.control.redaction import header_fields, without_secrets, without_tokens
from mock_server.domain.changes import Change
from mock_server.domain.values import to_json
from mock_server.journal import Entry, Message
from mock_server.past import Past, Step
from mock_server.store import Store

Body = dict[str, Any]
MOST_CHANGES: Final = 1000  # of one write that are shown


def done(message: str) -> Body:
    """The body where there is nothing to show."""
    return {"success": True, "message": message}


def described(body: Body) -> str:
    """What a request has asked for, as the history says it: `days 28, hours 12`."""
    return ", ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value)}" for name, value in body.items()
    )


def world_body(store: Store) -> Body:
    """A world in short."""
    return {
        "name": store.name,
        "deals": len(store.current.deals),
        "changes": len(store.past.done),
        "undone": len(store.past.undone),
        "now": to_json(store.clock.now()),
    }


def clock_body(store: Store) -> Body:
    """The time in a world."""
    return {"now": to_json(store.clock.now()), "frozen": store.clock.stands_still}


def step_body(step: Step) -> Body:
    """One change of a world."""
    cause = step.cause
    return {
        "number": step.number,
        "what": cause.what,
        "at": to_json(cause.at),
        "operation": cause.operation,
        "person": cause.person,
        **_changes(step),
    }


def request_body(entry: Entry, past: Past, contract: MockContract) -> Body:
    """A request of the journal."""
    return {
        **request_line(entry, past, contract),
        "request": _message_body(entry.request),
        "response": _message_body(entry.response),
    }


def request_line(entry: Entry, past: Past, contract: MockContract) -> Body:
    """A request of the journal without its headers and bodies."""
    step = past.step(entry.step) if entry.step else None
    return {
        "number": entry.number,
        "at": to_json(entry.at),
        "milliseconds": round(entry.milliseconds, 1),
        "method": entry.method,
        "path": without_secrets(entry.path),
        "asked": without_secrets(entry.asked),
        "query": without_secrets(entry.query),
        "status": entry.status,
        "operation": entry.operation,
        "person": entry.person,
        "sent_by": entry.sent_by,
        "answered_by": entry.answered_by,
        **_changes(step),
        "broken_rules": [_rule_body(rule, contract) for rule in broken_rules(contract, entry)],
    }


def _rule_body(rule: BrokenRule, contract: MockContract) -> Body:
    return {
        "field": rule.field,
        "message": without_secrets(rule.message),
        "rests_on": rule.rests_on,
        "place": pointer(rule.place),
        "line": lines_of(contract.source).of(rule.place),
        "expected": rule.expected,
        "did_you_mean": rule.did_you_mean,
    }


def _message_body(message: Message) -> Body:
    body = message.body
    return {
        "headers": dict(header_fields(message)),
        "body": without_secrets(body.decode("utf-8", "replace")) if body else None,
    }


def _changes(step: Step | None) -> Body:
    found, omitted = step.changes(MOST_CHANGES) if step else ([], 0)
    return {"changes": [_change_body(change) for change in found], "changes_omitted": omitted}


def _change_body(change: Change) -> Body:
    return {
        "table": change.table,
        "id": change.id,
        "before": _shown(change.before),
        "after": _shown(change.after),
    }


def _shown(fields: Mapping[str, Any]) -> Body | None:
    """Fields of a record as a change set shows them: a token that somebody has written into one is hidden."""
    shown = {n: without_tokens(value) if isinstance(value, str) else value for n, value in fields.items()}
    return shown or None
