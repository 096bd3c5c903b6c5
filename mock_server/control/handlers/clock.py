"""The clock of a world."""

from __future__ import annotations

from datetime import timedelta

from mock_server.clock import parse_time
from mock_server.control.context import current_control
from mock_server.control.responses import Body, clock_body
from mock_server.domain.refusals import Invalid


def get_clock() -> Body:
    """What time it is."""
    return clock_body(current_control().store)


def set_clock(body: Body) -> Body:
    """Set, freeze or start the clock."""
    store = current_control().store
    if "now" in body:
        try:
            store.clock.set(parse_time(body["now"]))
        except ValueError as error:
            raise Invalid({"now": f"now: {error}"}) from error
    if "frozen" in body:
        (store.clock.freeze if body["frozen"] else store.clock.run)()
    return clock_body(store)


def advance_clock(body: Body) -> Body:
    """Move the clock forward."""
    store = current_control().store
    try:
        store.clock.advance(timedelta(**body))
    except (ValueError, OverflowError) as error:
        raise Invalid(dict.fromkeys(body, f"the time must stay within the calendar: {error}")) from error
    return clock_body(store)
