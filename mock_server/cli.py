"""The `deals-mock` command: options → a world → a server."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from deals_spec import ContractError
from deals_spec.document import contract_path, read_document
from mock_server import __version__
from mock_server.access import Access, new_key
from mock_server.app import create_app
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import Clock, FrozenClock, SystemClock, WorldClock
from mock_server.contract import MockContract
from mock_server.contract_file import made_of_contract
from mock_server.control.contract import ControlContract
from mock_server.garbage import made_to_stay
from mock_server.greeting import Greeting
from mock_server.handlers import HandlerError
from mock_server.header_fields import KEY
from mock_server.options import parser
from mock_server.past import Point
from mock_server.ready_file import ReadyFile, ReadyFileError
from mock_server.reload import Reloading, Switch
from mock_server.server import ListenError, address_of, is_local, listen, serve
from mock_server.state_file import Saving, StateFile, StateFileError
from mock_server.worldfile import DEFAULT_FIXTURE, WorldFileError, fixture_path, load_beginning
from mock_server.worlds import Worlds

if TYPE_CHECKING:
    from mock_server.mutations import Mutation

OPEN = (
    "deals-mock: warning: other machines can reach {host}: everyone who does can sign in as any user, "
    "see the tokens at /docs, and read and change all data"
)
NOT_STARTED = (ListenError, ContractError, HandlerError, ReadyFileError, StateFileError, WorldFileError)
MADE_KEY = f"deals-mock: the admin key for /__admin: send the header {KEY}: {{key}}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the mock until it is stopped; return the exit status."""
    return run_until_stopped(parser().parse_args(argv))


def run_until_stopped(options: argparse.Namespace) -> int:
    """Run the mock as the options say; return the exit status."""
    logging.basicConfig(
        level=options.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", force=True
    )
    try:
        run(options)
    except NOT_STARTED as error:
        print(f"deals-mock: {error}", file=sys.stderr)
        return 2
    return 0


def run(options: argparse.Namespace) -> None:
    """Build the world and serve it."""
    clock = FrozenClock(options.now) if options.now else SystemClock()
    if options.print_expired_token:
        print(expired_token(options, clock))
        return
    taken = StateFile.taken(options.state) if options.state else nullcontext()
    ready = ReadyFile.at(options.ready_file)
    with listen(options.host, options.port) as listening, taken as state, ready as ready_file:
        access = access_of(options, is_local=is_local(listening))
        with made_to_stay():
            mock = Mock.of(options, clock, access, state)
        save = start_saving(mock.worlds, state)
        stated = state_line(options, mock.worlds, mock.restored)
        notes = [mutation_line(options), stated, clock_line(mock.worlds)]
        app = mock.app
        if options.reload:
            reloading = mock.reloading()
            notes.append(reloading.line)
            reloading.start()
            app = reloading.switch
        greeting = mock.greeting(address_of(listening), notes)
        if not is_local(listening):
            print(OPEN.format(host=options.host), file=sys.stderr, flush=True)
        if greeting.made_key:
            print(MADE_KEY.format(key=greeting.made_key), file=sys.stderr, flush=True)

        def on_ready() -> None:
            print(greeting.json if options.json else greeting.text, flush=True)
            ready_file.write(greeting.json)

        def on_end() -> None:
            ready_file.remove()
            save()

        is_logged = options.log_level in ("debug", "info")
        serve(app, listening, on_ready, on_end=on_end, access_log=is_logged)


def expired_token(options: argparse.Namespace, clock: Clock) -> str:
    """A token of the world that the options describe, which has ended."""
    contract = MockContract(*read_document(contract_of(options)))
    people = one_of_each_role(contract.roles, start_of(options, contract, WorldClock(clock)).world)
    return Tokens(clock).issue_expired(people[0])


def contract_of(options: argparse.Namespace) -> Path:
    """The file of the contract."""
    return options.contract or contract_path()


@dataclass(frozen=True, kw_only=True)
class Mock:
    """What the options describe, before it is served."""

    options: argparse.Namespace
    access: Access
    contract: MockContract
    worlds: Worlds
    restored: bool  # whether the worlds come from the state file
    app: ASGIApp

    @classmethod
    def of(cls, options: argparse.Namespace, clock: Clock, access: Access, state: StateFile | None) -> Mock:
        """The worlds as the state file has them, else as the options describe them; and the application."""

        def begin(contract: MockContract) -> tuple[Worlds, bool, ASGIApp]:
            restored = state.load(contract, ControlContract.packaged().naming, clock) if state else None
            worlds = restored or first_worlds(options, contract, clock)
            is_restored = restored is not None
            return worlds, is_restored, build_app(options, contract, worlds, access, restored=is_restored)

        contract, (worlds, restored, app) = made_of_contract(contract_of(options), begin)
        return cls(
            options=options, access=access, contract=contract, worlds=worlds, restored=restored, app=app
        )

    def reloading(self) -> Reloading:
        """What serves edits of the contract or of the fixture."""
        options, worlds = self.options, self.worlds
        return Reloading(
            switch=Switch(self.app),
            worlds=worlds,
            contract=self.contract,
            contract_path=contract_of(options),
            fixture_path=fixture_path(options.fixture),
            make_app=lambda edited: build_app(options, edited, worlds, self.access, restored=self.restored),
            make_start=lambda edited: start_of(options, edited, worlds.base.clock),
        )

    def greeting(self, address: str, notes: Sequence[str]) -> Greeting:
        """What is said when it is ready at an address."""
        base = self.worlds.base
        return Greeting(
            address,
            self.contract,
            base.current,
            base.clock,
            self.access,
            facts(self.options, restored=self.restored),
            tuple(notes),
            made_key=None if self.options.admin_key else self.access.admin_key,
            require_world=self.options.require_world,
        )


def access_of(options: argparse.Namespace, *, is_local: bool) -> Access:
    """Who may see and control the mock; a key is made if other machines can reach it."""
    hosts = [options.host, *options.allow_host]
    key = options.admin_key or (None if is_local or options.no_admin else new_key())
    return Access(hosts=hosts, control=not options.no_admin, only_here=True, admin_key=key)


def build_app(
    options: argparse.Namespace, contract: MockContract, worlds: Worlds, access: Access, *, restored: bool
) -> ASGIApp:
    """The application that the options describe."""
    app: ASGIApp = create_app(
        contract,
        worlds,
        facts=facts(options, restored=restored),
        mutation=options.defect or options.variation,
        access=access,
        strict=options.strict_requests,
        require_world=options.require_world,
    )
    return app


def start_of(options: argparse.Namespace, contract: MockContract, clock: WorldClock) -> Point:
    """How the base world begins by the options; --now counts more than the clock in a file."""
    start = load_beginning(options.fixture, clock, deals=options.deals, seed=options.seed, contract=contract)
    return Point(start.world, clock.setting) if options.now else start


def first_worlds(options: argparse.Namespace, contract: MockContract, clock: Clock) -> Worlds:
    """The base world alone, as it begins by the options."""
    start = start_of(options, contract, WorldClock(clock))
    return Worlds(start.world, WorldClock(clock, start.clock))


def start_saving(worlds: Worlds, state: StateFile | None) -> Callable[[], None]:
    """Save the worlds from now on, if there is a file for them; what is returned saves them at the end."""
    if state is None:
        return lambda: None
    saving = Saving(worlds, state)
    saving.start()
    return saving.end


def facts(options: argparse.Namespace, *, restored: bool = False) -> dict[str, object]:
    """How the mock was started, for the health page; a world that was restored comes from its state file."""
    chosen = {"fixture": options.fixture, "seed": options.seed, "deals": options.deals}
    chosen = {"state": options.state} if restored else chosen
    mutations = {"defect": options.defect, "variation": options.variation}
    chosen |= {kind: mutation.name for kind, mutation in mutations.items() if mutation}
    started = {name: value for name, value in chosen.items() if value is not None}
    return {"version": __version__, "started_with": started}


def mutation_line(options: argparse.Namespace) -> str:
    """The greeting's line about the mutation; empty if there is none."""
    kind = "defect" if options.defect else "variation"
    mutation: Mutation | None = options.defect or options.variation
    return f"Running with the {kind} {mutation.name}: {mutation.does}" if mutation else ""


def clock_line(worlds: Worlds) -> str:
    """The greeting's line about a clock that a fixture or a state has stopped; empty if it has not."""
    frozen = worlds.base.clock.setting.frozen
    return f"The clock stands still at {frozen:%Y-%m-%d %H:%M:%S} UTC, as in the file." if frozen else ""


def state_line(options: argparse.Namespace, worlds: Worlds, restored: bool) -> str:
    """The greeting's line about the state file; empty if there is none."""
    if not options.state:
        return ""
    if not restored:
        return f"All worlds are kept in {options.state}."
    given = (
        ("--fixture", options.fixture != DEFAULT_FIXTURE),
        ("--deals", options.deals is not None),
        ("--seed", options.seed is not None),
    )
    ignored = " and ".join(name for name, is_given in given if is_given)
    copies = len(worlds.names) - 1
    found = f"The data comes from {options.state}, with {copies} {'copy' if copies == 1 else 'copies'}"
    return f"{found}; {ignored} had no effect." if ignored else f"{found}."
