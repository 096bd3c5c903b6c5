"""`deals-mock`, and `python -m mock_server`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper

COULD_NOT_RUN = 2


def main() -> int:
    """Run the command: without a traceback, whatever becomes of its output and whenever it is interrupted."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the server handles it; the imports take a while
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console may not know every character
    from mock_server.garbage import made_to_stay
    from mock_server.options import parser

    try:
        try:
            with made_to_stay():  # looking for garbage among modules would take a tenth of the start
                options = parser().parse_args()  # --help, --version and mistakes end here, at once
                from mock_server.cli import run_until_stopped
            return run_until_stopped(options)
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except OSError as error:
        return _without_output(error)


def _without_output(error: OSError) -> int:
    """End without what could not be written; that a reader such as `head` has had enough is no error."""
    with suppress(OSError, AttributeError):  # keeps Python from trying again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 0
    with suppress(OSError):
        print(f"deals-mock: cannot write its output: {error.strerror or error}", file=sys.stderr, flush=True)
    return COULD_NOT_RUN


if __name__ == "__main__":
    raise SystemExit(main())
