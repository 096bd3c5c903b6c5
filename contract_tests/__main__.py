"""`deals-contract`, and `python -m contract_tests`."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from typing import Any, NoReturn

from contract_tests.garbage import seldom_collected

INTERRUPTED = b"deals-contract: interrupted\n"
COULD_NOT_RUN = 2
NEEDED = ("jinja2", "pytest", "requests", "rich", "schemathesis", "urllib3")  # pyproject's extra `contract`


def main() -> int:
    """Run the command, or say which package is missing; an interrupt never shows a traceback."""
    _on_interrupt(_end_at_once)  # a run that has something to clean up replaces this
    missing = [name for name in NEEDED if find_spec(name) is None]
    status = _without(missing) if missing else _run()
    _on_interrupt(signal.SIG_IGN)  # the verdict is known, only Python's own ending is left
    return status


def _on_interrupt(handler: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _run() -> int:
    with seldom_collected():  # also while all is imported, which would be looked through again and again
        from contract_tests.cli import main as run

        return run()


def _without(missing: list[str]) -> int:
    """What works without the packages of a run: the help and the version."""
    from contract_tests.settings.command_line import parse, version_text
    from contract_tests.settings.options import SettingsError

    are = "is" if len(missing) == 1 else "are"
    reason = (
        f"{', '.join(missing)} {are} not installed; in the project's folder, run: pip install '.[contract]'"
    )
    try:
        if parse(sys.argv[1:], note=f"This command cannot run yet: {reason}").version:
            print(version_text())
            return 0
    except SettingsError as error:
        reason = str(error)
    print(f"deals-contract could not run: {reason}", file=sys.stderr)
    return COULD_NOT_RUN


def _end_at_once(*_: Any) -> NoReturn:
    """End without Python's own ending, which could be interrupted again: there is nothing to clean up."""
    os.write(2, INTERRUPTED)
    os._exit(COULD_NOT_RUN)


if __name__ == "__main__":
    raise SystemExit(main())
