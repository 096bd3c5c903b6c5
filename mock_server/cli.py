"""The `deals-mock` command: options → a world → a server."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

from deals_spec import ContractError
from mock_server import __version__
from mock_server.app import create_app
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import Clock, FrozenClock, SystemClock, parse_time
from mock_server.contract import MockContract
from mock_server.domain.world import World
from mock_server.handlers import HandlerError
from mock_server.server import ListenError, address_of, is_local, listen, serve
from mock_server.transport.own_pages import name_of
from mock_server.transport.warnings import WARNING
from mock_server.transport.world_choice import HEADER
from mock_server.worldfile import DEFAULT_FIXTURE, RECIPE, WorldFileError, fixture_names, load_world
from mock_server.worlds import Worlds

if TYPE_CHECKING:
    from mock_server.mutations import Mutation

DEFAULT_PORT = 4010
LEVELS = ("debug", "info", "warning", "error")
DESCRIPTION = """\
Run a mock of the Revenue Orbit Deals API on this machine, with generated data.

It prints an access token and a ready-to-run curl command for an admin, a manager and a rep.
Changes are kept in memory until the mock stops. The same seed and clock give the same data."""
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
  everyone who reaches it can do the same. So never load real data."""

OPEN = (
    "deals-mock: warning: other machines can reach {host}: everyone who does can sign in as any user, "
    "see the tokens at /docs, and read and change all data"
)


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
        "--port",
        type=_whole(0, 65535),
        default=DEFAULT_PORT,
        help="port to listen on; 0 picks a free port (default: %(default)s)",
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
        help=f"refuse requests that name no world ({HEADER}), so that no test uses another's by mistake",
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the mock until it is stopped; return the exit status."""
    options = parser().parse_args(argv)
    logging.basicConfig(
        level=options.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", force=True
    )
    try:
        run(options)
    except (ListenError, ContractError, HandlerError, WorldFileError) as error:
        print(f"deals-mock: {error}", file=sys.stderr)
        return 2
    return 0


def run(options: argparse.Namespace) -> None:
    """Build the world and serve it."""
    clock = FrozenClock(options.now) if options.now else SystemClock()
    contract = MockContract.load()
    if options.print_expired_token:
        people = one_of_each_role(contract.roles, build_world(options, contract, clock.now()))
        print(Tokens(clock).issue_expired(people[0]))
        return
    listening = listen(options.host, options.port)
    with listening:
        world = build_world(options, contract, clock.now())
        mutation = options.defect or options.variation
        app = create_app(
            contract,
            Worlds(world, clock),
            facts=facts(options),
            mutation=mutation,
            hosts=[options.host, *options.allow_host],
            strict=options.strict_requests,
            require_world=options.require_world,
        )
        text = greeting(address_of(listening), contract, world, clock, mutation_line(options))
        if not is_local(listening):
            print(OPEN.format(host=options.host), file=sys.stderr, flush=True)
        serve(
            app,
            listening,
            lambda: print(text, flush=True),
            access_log=options.log_level in ("debug", "info"),
        )


def build_world(options: argparse.Namespace, contract: MockContract, now: datetime) -> World:
    """The world that the options describe."""
    return load_world(options.fixture, now, deals=options.deals, seed=options.seed, contract=contract)


def facts(options: argparse.Namespace) -> dict[str, object]:
    """How the mock was started, for the health page."""
    chosen = {"fixture": options.fixture, "seed": options.seed, "deals": options.deals}
    mutations = {"defect": options.defect, "variation": options.variation}
    chosen |= {kind: mutation.name for kind, mutation in mutations.items() if mutation}
    started = {name: value for name, value in chosen.items() if value is not None}
    return {"version": __version__, "started_with": started}


def mutation_line(options: argparse.Namespace) -> str:
    """The greeting's line about the mutation; empty if there is none."""
    kind = "defect" if options.defect else "variation"
    mutation: Mutation | None = options.defect or options.variation
    return f"Running with the {kind} {mutation.name}: {mutation.does}" if mutation else ""


def greeting(address: str, contract: MockContract, world: World, clock: Clock, mutation: str = "") -> str:
    """The text printed when the mock is ready."""
    tokens = Tokens(clock)
    api = address + contract.base_path
    lines = [
        f"Deals mock is ready with {len(world.deals)} deals. Press Ctrl-C to stop.",
        *([mutation] if mutation else []),
        "",
        f"  API     {api}",
        f"  Docs    {address}/docs",
        f"  Console {address}/__admin/",
        f"  Health  {address}/__admin/health",
    ]
    for person in one_of_each_role(contract.roles, world):
        token = tokens.issue(person)
        lines += [
            "",
            f"{person.role}: {person.name}, {person.email}",
            f"  token  {token}",
            f'  curl -H "Authorization: Bearer {token}" "{api}/deals?per_page=5"',
        ]
    return "\n".join(lines)
