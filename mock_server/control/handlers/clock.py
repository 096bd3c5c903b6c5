"""The clock of a world."""

from __future__ import annotations

from datetime import timedelta

from mock_server.clock import WorldClock, parse_time
from mock_server.control.context import current_control
from mock_server.control.responses import Body, clock_body, described
from mock_server.domain.refusals import Invalid


def get_clock() -> Body:
    """What time it is."""
    return clock_body(current_control().store)


def set_clock(body: Body) -> Body:
    """Set, freeze or start the clock."""
    clock = current_control().store.clock.copy()
    if "frozen" in body:
        (clock.freeze if body["frozen"] else clock.run)()
    if "now" in body:
        try:
            clock.set(parse_time(body["now"]))
        except ValueError as error:
            raise Invalid({"now": f"now: {error}"}) from error
    return _moved(clock, "clock set", body)


def advance_clock(body: Body) -> Body:
    """Move the clock forward."""
    clock = current_control().store.clock.copy()
    try:
        clock.advance(timedelta(**body))
    except (ValueError, OverflowError) as error:
        raise Invalid(dict.fromkeys(body, f"the time must stay within the calendar: {error}")) from error
    return _moved(clock, "clock advanced", body)


def _moved(clock: WorldClock, action: str, body: Body) -> Body:
    """Let the clock of the world go like this one."""
    control = current_control()
    control.store.move_clock(clock.setting, control.cause(f"{action}: {described(body)}"))
    return clock_body(control.store)
