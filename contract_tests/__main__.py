"""`deals-contract`, and `python -m contract_tests`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command, or say which package is missing."""
    try:
        from contract_tests.cli import main as run
    except ModuleNotFoundError as error:
        missing = f"deals-contract: {error.name} is not installed"
        print(f"{missing}; in the project's folder, run: pip install '.[contract]'", file=sys.stderr)
        return 2
    return run()


if __name__ == "__main__":
    raise SystemExit(main())
