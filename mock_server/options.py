"""The options of `deals-mock`, and its help."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from mock_server import __version__
from mock_server.clock import parse_time
from mock_server.fixtures import DEFAULT_FIXTURE, RECIPE, fixture_names
from mock_server.header_fields import KEY, WARNING, WORLD, name_of

if TYPE_CHECKING:
    from mock_server.mutations import Mutation

DEFAULT_PORT = 4010
KEY_VARIABLE = "DEALS_MOCK_ADMIN_KEY"
LEVELS = ("debug", "info", "warning", "error")
DESCRIPTION = """\
Run a mock of the Revenue Orbit Deals API on this machine, with generated data.

It prints an access token and a ready-to-run curl command for an admin, a manager and a rep.
Changes are kept in memory until the mock stops, or in a file (--state).
The same seed and clock give the same data."""
EXAMPLES = f"""\
examples:
  deals-mock                               200 deals on http://127.0.0.1:{DEFAULT_PORT}/api
  deals-mock --port 0 --deals 5000         more data, on any free port
  deals-mock --now 2026-01-15T09:30:00Z    a fixed clock, for repeatable responses
  deals-mock --fixture nasty               valid but hostile data
  deals-mock --defect page-is-ignored      a list that never ends, to test your client

what is open on purpose:
  All data is invented, and nothing in a mock is secret. Every user has the password "password", and anyone
  can make tokens, which are valid on every mock. While it runs, any web page that you open can call the API
  on your machine, and so read and change this data. The pages /docs and /__admin are shown only under
  localhost, an IP address or a name allowed with --allow-host. With a --host that other machines can reach,
  everyone who reaches it can do the same, except control it: /__admin then wants a key. So never load real
  data."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Report any error in one line."""
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        digits = text.lstrip("0") or "0"
        short = text.isascii() and text.isdecimal() and len(digits) <= len(str(high))
        if not (short and low <= int(digits) <= high):
            raise argparse.ArgumentTypeError(f"must be an integer from {low} to {high}, not {text!r}")
        return int(digits)

    return whole


def _moment(text: str) -> datetime:
    try:
        return parse_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _host_name(text: str) -> str:
    if not text or name_of(text) != text:
        raise argparse.ArgumentTypeError(f"must be a host name without a scheme or port, not {text!r}")
    return text


def _key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~-]{8,200}", text):
        raise argparse.ArgumentTypeError("must be 8 to 200 letters, digits or any of . _ ~ -")
    return text


def parser() -> argparse.ArgumentParser:
    """Build the parser of the options."""
    options = _Parser(
        prog="deals-mock",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = options.add_argument
    add(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: %(default)s, this machine only)",
    )
    add(
        "--allow-host",
        type=_host_name,
        metavar="NAME",
        action="append",
        default=[],
        help="also show /docs and /__admin under this host name, such as a container's; may be repeated",
    )
    add(
        "--no-admin",
        action="store_true",
        help="switch off the control side (/__admin), but for its health page",
    )
    add(
        "--admin-key",
        type=_key,
        metavar="KEY",
        default=os.environ.get(KEY_VARIABLE) or None,
        help=f"want this key in {KEY} from those who control the mock, and let them do so from elsewhere "
        f"(default: {KEY_VARIABLE} in the environment; else one is made if --host lets other machines in)",
    )
    add(
        "--port",
        type=_whole(0, 65535),
        default=DEFAULT_PORT,
        help="port to listen on; 0 picks a free port (default: %(default)s)",
    )
    add(
        "--json",
        action="store_true",
        help="print the greeting as one line of JSON, for programs: addresses, tokens, process id",
    )
    add(
        "--ready-file",
        metavar="FILE",
        help="write the same JSON to this file when the mock is ready, and remove it at the end",
    )
    add(
        "--seed",
        type=_whole(0, RECIPE["seed"]),
        help="seed of the generated data; the same seed gives the same data (default: 42, from the fixture)",
    )
    add(
        "--deals",
        type=_whole(0, RECIPE["deals"]),
        help="number of deals to generate (default: 200, from the fixture)",
    )
    add(
        "--fixture",
        metavar="NAME|FILE",
        default=DEFAULT_FIXTURE,
        help=f"initial data: a fixture ({', '.join(fixture_names())}) or the path of a YAML file "
        "(default: %(default)s)",
    )
    add(
        "--contract",
        type=Path,
        metavar="FILE",
        help="another contract than the one in the package, such as openapi/deals.yaml of a checkout",
    )
    add(
        "--reload",
        action="store_true",
        help="serve edits of the contract and of the fixture at once; worlds that still fit are kept, and an "
        "edit with a mistake is reported and not served",
    )
    add(
        "--state",
        metavar="FILE",
        help="keep all worlds in this file over a restart, with their clocks, beginnings and snapshots, but "
        "without their history (undo); if the file exists, --fixture, --deals and --seed have no effect",
    )
    add(
        "--now",
        type=_moment,
        metavar="TIME",
        help="fix the clock at this ISO 8601 time, in UTC if it has no offset (default: the real time)",
    )
    add(
        "--strict-requests",
        action="store_true",
        help=f"refuse unknown query parameters and fields instead of only reporting them in {WARNING}",
    )
    add(
        "--require-world",
        action="store_true",
        help=f"refuse requests that name no world ({WORLD}), so that no test uses another's by mistake",
    )
    add(
        "--print-expired-token",
        action="store_true",
        help="print a token that has expired, to test how your client signs in again, and exit",
    )
    add(
        "--log-level",
        choices=LEVELS,
        default="warning",
        help="how much to log to stderr; info logs every request (default: %(default)s)",
    )
    add("--version", action="version", version=f"%(prog)s {__version__}")
    _add_mutations(options)
    return options


def _add_mutations(options: argparse.ArgumentParser) -> None:
    group = options.add_argument_group(
        "mutations",
        "Run the mock as a faulty backend (a defect), or as a different but valid one (a variation).",
    )
    one = group.add_mutually_exclusive_group()
    kinds = (
        ("defect", "break one thing that the documentation promises"),
        ("variation", "behave differently in one way that the documentation allows"),
    )
    for kind, does in kinds:
        one.add_argument(f"--{kind}", type=_mutation(kind), metavar="NAME", dest=kind, help=does)
        one.add_argument(
            f"--list-{kind}s",
            action=_Listing,
            nargs=0,
            const=kind,
            help=f"list all {kind}s, each with what the documentation says, and exit",
        )


# `mock_server.mutations` is imported only when it is needed: the mock usually starts without it.


class _Listing(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from mock_server.mutations import catalogue_text

        print(catalogue_text(self.const))
        parser.exit()


def _mutation(kind: str) -> Callable[[str], Mutation]:
    def mutation(name: str) -> Mutation:
        from mock_server.mutations import UnknownMutationError, mutation_named

        try:
            return mutation_named(name, kind)
        except UnknownMutationError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return mutation
