"""`deals-docs`, and `python -m deals_docs`."""

from __future__ import annotations

import sys
from importlib.util import find_spec

COULD_NOT_RUN = 2
NEEDED = ("flask_openapi_scalar", "jinja2", "requests", "rich")  # of pyproject's extra `docs`


def main() -> int:
    """Run the command, or say which package is missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        reason = (
            f"{', '.join(missing)} {are} not installed; in the project's folder, run: pip install '.[docs]'"
        )
        print(f"deals-docs could not run: {reason}", file=sys.stderr)
        return COULD_NOT_RUN
    from deals_docs.cli import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
