"""The `deals-docs` command: a contract → a site in a folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deals_docs.site import build
from deals_spec import Contract, ContractError
from deals_spec.breaking_changes import version_of
from deals_spec.document import read_document, released_path
from deals_spec.version import installed_version

COULD_NOT_RUN: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = _parser().parse_args(argv)
    try:
        contract = Contract.load(given.contract)
        earlier = [read_document(file)[1] for file in given.since or [released_path()]]
        for document in (*earlier, contract.document):
            version_of(document)
        build(contract, earlier, given.folder)
    except ContractError as error:
        return _could_not_run(str(error))
    except OSError as error:
        return _could_not_run(f"{error.filename or given.folder}: {error.strerror or error}")
    except Exception as error:  # a contract can be wrong in as many ways as there are exceptions
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return _could_not_run(f"{given.contract or 'the contract'} cannot be shown: {what}")
    print(f"The documentation is in {given.folder / 'index.html'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="deals-docs",
        description="Make the documentation of the Deals API: a static site that says what is documented and "
        "what is our guess. It works offline, opened as files or from any web server.",
        epilog="exit status: 0 the site was made, 2 it could not be made",
    )
    parser.add_argument("--version", action="version", version=f"deals-docs {installed_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="make the site", description="Make the site.")
    command.add_argument("folder", type=Path, metavar="DIR", help="the folder to write it to")
    command.add_argument(
        "--contract", type=Path, metavar="FILE", help="another contract than the one in the package"
    )
    command.add_argument(
        "--since",
        type=Path,
        metavar="FILE",
        action="append",
        help="an earlier contract, to list the changes since then; may be repeated, the oldest first "
        "(default: the contract of the last release)",
    )
    return parser


def _could_not_run(reason: str) -> int:
    print(f"deals-docs could not run: {reason}", file=sys.stderr)
    return COULD_NOT_RUN
