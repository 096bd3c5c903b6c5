"""`deals-contract`, and `python -m contract_tests`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command, or say which package it lacks."""
    try:
        from contract_tests.cli import main as run
    except ModuleNotFoundError as error:
        lacking = f"deals-contract: {error.name} is not installed"
        print(f"{lacking}; install the project with its extra: pip install '.[contract]'", file=sys.stderr)
        return 2
    return run()


if __name__ == "__main__":
    raise SystemExit(main())
