"""The `deals-mock` command: options → a world → a server."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from deals_spec import ContractError
from mock_server import __version__
from mock_server.access import Access, new_key
from mock_server.app import create_app
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import FrozenClock, SystemClock
from mock_server.contract import MockContract
from mock_server.control.closed import KEY
from mock_server.domain.world import World
from mock_server.greeting import greeting
from mock_server.handlers import HandlerError
from mock_server.options import parser
from mock_server.server import ListenError, address_of, is_local, listen, serve
from mock_server.worldfile import WorldFileError, load_world
from mock_server.worlds import Worlds

if TYPE_CHECKING:
    from mock_server.mutations import Mutation

OPEN = (
    "deals-mock: warning: other machines can reach {host}: everyone who does can sign in as any user, "
    "see the tokens at /docs, and read and change all data"
)

MADE_KEY = f"deals-mock: to control it (/__admin), send the header {KEY}: {{key}}"


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
        access = access_of(options, is_local=is_local(listening))
        app = create_app(
            contract,
            Worlds(world, clock),
            facts=facts(options),
            mutation=mutation,
            access=access,
            strict=options.strict_requests,
            require_world=options.require_world,
        )
        text = greeting(address_of(listening), contract, world, clock, mutation_line(options))
        if not is_local(listening):
            print(OPEN.format(host=options.host), file=sys.stderr, flush=True)
        if access.admin_key and not options.admin_key:
            print(MADE_KEY.format(key=access.admin_key), file=sys.stderr, flush=True)
        serve(
            app,
            listening,
            lambda: print(text, flush=True),
            access_log=options.log_level in ("debug", "info"),
        )


def access_of(options: argparse.Namespace, *, is_local: bool) -> Access:
    """Who may see and control the mock; a key is made if other machines can reach it."""
    hosts = [options.host, *options.allow_host]
    key = options.admin_key or (None if is_local or options.no_admin else new_key())
    return Access(hosts=hosts, control=not options.no_admin, admin_key=key)


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
