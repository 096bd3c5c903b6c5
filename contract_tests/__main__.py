"""`deals-contract`, and `python -m contract_tests`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn

INTERRUPTED = b"deals-contract: interrupted\n"
COULD_NOT_RUN = 2


def main() -> int:
    """Run the command, or say which package is missing; an interrupt never shows a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_at_once)  # a run that has something to clean up replaces this
    try:
        status = _run()
    except KeyboardInterrupt:
        _end_at_once()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the verdict is known, only Python's own exit is left
    return status


def _run() -> int:
    try:
        from contract_tests.cli import main as run
    except ModuleNotFoundError as error:
        return _without(error.name or "a package")
    return run()


def _without(package: str) -> int:
    """What works without the packages of a run: the help and the version."""
    from contract_tests.settings.command_line import parse, version_text
    from contract_tests.settings.options import SettingsError

    missing = f"{package} is not installed; in the project's folder, run: pip install '.[contract]'"
    try:
        command = parse(sys.argv[1:], note=f"This command cannot run yet: {missing}")
    except SettingsError as error:
        print(f"deals-contract could not run: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    if command.version:
        print(version_text())
        return 0
    print(f"deals-contract could not run: {missing}", file=sys.stderr)
    return COULD_NOT_RUN


def _end_at_once(*_: Any) -> NoReturn:
    """End without Python's clean-up, which could be interrupted again: there is nothing left to do."""
    os.write(2, INTERRUPTED)
    os._exit(COULD_NOT_RUN)


if __name__ == "__main__":
    raise SystemExit(main())
