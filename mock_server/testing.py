"""Start the mock in your own tests, with exactly the data that a test needs.

Over HTTP, for any client:

    from mock_server.testing import running_mock

    with running_mock(deals=20, now="2026-02-09T12:00:00Z") as mock:
        response = httpx.get(f"{mock.api_url}/deals", headers=mock.headers("rep"))

In the same process and without a socket, for a client that can call an ASGI application:

    from mock_server.testing import build_mock

    mock = build_mock(fixture="nasty", mutation="page-is-ignored")
    client = httpx.AsyncClient(transport=httpx.ASGITransport(mock.app), base_url="http://mock")

One mock for many tests, each with a world of its own (with pytest, the fixture `deals_mock` is that):

    with running_mock(deals=20) as mock:
        mine = mock.in_world("checkout-test")
        httpx.delete(f"{mine.api_url}/deals/10", headers=mine.headers())

`running_mock` and `build_mock` accept the same options, all of them optional:

- `fixture`: the name of a fixture, or the path of a YAML file (see `fixtures/README.md`).
- `deals`, `seed`: the number of deals to generate and the seed; they override the fixture's recipe.
- `world`: a `World` to use instead of a fixture.
- `now`: a fixed time, as a `datetime` or a string such as `2026-02-09T12:00:00Z`.
- `clock`: a clock, such as a `TickingClock`. Without `now` and `clock` the mock uses the time that the file
  gives, or else the real time.
- `contract`: a contract of your own instead of the packaged one: `MockContract.load(Path("openapi.yaml"))`.
- `mutation`: the name of a defect or variation (see `deals-mock --list-defects`), or an `AppMutation`,
  such as a `mock_server.mutations.Mutation`.
- `require_world`: whether requests that name no world (`X-Mock-World`) are refused.
- `strict`: whether names in a request that are not understood are refused, not only reported in a header.

Invalid options raise `ValueError`, invalid world files `WorldFileError`, and unknown mutations
`mock_server.mutations.UnknownMutationError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar, TypedDict, Unpack

from mock_server.access import Access
from mock_server.app import AppMutation, create_app
from mock_server.auth import Tokens, one_of_each_role
from mock_server.clock import Clock, FrozenClock, SystemClock, TickingClock, WorldClock, parse_time
from mock_server.contract import MockContract
from mock_server.domain.world import User, World
from mock_server.handlers.login import PASSWORD
from mock_server.past import Point
from mock_server.server import address_of, listen, serving
from mock_server.store import Store
from mock_server.worldfile import DEFAULT_FIXTURE, WorldFileError, load_beginning
from mock_server.worlds import Worlds

__all__ = [
    "PASSWORD",
    "AppMutation",
    "Clock",
    "FrozenClock",
    "Mock",
    "MockContract",
    "MockOptions",
    "MockWorld",
    "RunningMock",
    "SystemClock",
    "TickingClock",
    "World",
    "WorldFileError",
    "build_mock",
    "running_mock",
]


class MockOptions(TypedDict, total=False):
    """The options of a mock; the module's docstring explains them."""

    fixture: str | Path | None
    deals: int | None
    seed: int | None
    world: World | None
    now: datetime | str | None
    clock: Clock | None
    contract: MockContract | None
    mutation: str | AppMutation | None
    strict: bool
    require_world: bool


@dataclass(frozen=True, eq=False)
class Mock:
    """A mock in this process: its application, world, clock and users."""

    first_world: World
    clock: Clock
    contract: MockContract
    mutation: AppMutation | None = None
    strict: bool = False
    require_world: bool = False
    access: ClassVar[Access] = Access()  # without a socket no web page can reach it

    @cached_property
    def app(self) -> Any:
        """The ASGI application, created on first use."""
        return create_app(
            self.contract,
            self.worlds,
            mutation=self.mutation,
            access=self.access,
            strict=self.strict,
            require_world=self.require_world,
        )

    @cached_property
    def worlds(self) -> Worlds:
        """All worlds of this mock: the base world, and copies of it that requests ask for by name."""
        return Worlds(self.first_world, self.clock)

    @property
    def store(self) -> Store:
        """The store of the base world, for tests that change it without the API."""
        return self.worlds.base

    @property
    def world(self) -> World:
        """The world as it is now; it never changes, a write replaces it with another."""
        return self.store.current

    def reset(self) -> None:
        """Go back to the first world; tokens stay valid."""
        self.store.commit(lambda _: self.first_world)

    def person(self, role: str = "admin") -> User:
        """The user whose token `token` returns for this role; every user's password is `PASSWORD`."""
        if role not in self.contract.roles:
            raise ValueError(f"role must be one of {', '.join(self.contract.roles)}, not {role!r}")
        people = {user.role: user for user in one_of_each_role(self.contract.roles, self.first_world)}
        if role not in people:
            raise ValueError(f"no user in this world has the role {role!r}")
        return people[role]

    def token(self, role: str = "admin") -> str:
        """A token for the user with this role, valid for at least thirty days."""
        return Tokens(self.clock).issue(self.person(role))

    def expired_token(self, role: str = "admin") -> str:
        """An expired token for the user with this role."""
        return Tokens(self.clock).issue_expired(self.person(role))

    def headers(self, role: str = "admin") -> dict[str, str]:
        """The `Authorization` header for the user with this role."""
        return {"Authorization": f"Bearer {self.token(role)}"}


@dataclass(frozen=True, eq=False)
class RunningMock(Mock):
    """A mock that serves HTTP."""

    url: str = field(kw_only=True)
    access: ClassVar[Access] = Access(hosts=(), only_here=True)

    @property
    def api_url(self) -> str:
        """The base URL of the API; the contract's paths are below it."""
        return self.url + self.contract.base_path

    def in_world(self, name: str) -> MockWorld:
        """A world of its own in this mock: a copy of the base world, made on first use."""
        return MockWorld(self, name)


@dataclass(frozen=True)
class MockWorld:
    """One world of a running mock, for one test."""

    mock: RunningMock
    name: str

    @property
    def url(self) -> str:
        """What the paths of the API and of the control side are below."""
        return f"{self.mock.url}/worlds/{self.name}"

    @property
    def api_url(self) -> str:
        """The base URL of the API in this world."""
        return self.url + self.mock.contract.base_path

    @property
    def control_url(self) -> str:
        """The base URL of the control side for this world."""
        return f"{self.url}/__admin"

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.mock.worlds.named(self.name).current

    def token(self, role: str = "admin") -> str:
        """A token for the user with this role, by the clock of this world."""
        return Tokens(self.mock.worlds.named(self.name).clock).issue(self.mock.person(role))

    def headers(self, role: str = "admin") -> dict[str, str]:
        """The `Authorization` header for the user with this role."""
        return {"Authorization": f"Bearer {self.token(role)}"}


def build_mock(**options: Unpack[MockOptions]) -> Mock:
    """Create a mock in this process, without a socket; the module's docstring explains the options."""
    return Mock(**_parts(options))


@contextmanager
def running_mock(**options: Unpack[MockOptions]) -> Iterator[RunningMock]:
    """Run a mock on a free port of this machine, in a background thread, until the block ends.

    The module's docstring explains the options.
    """
    parts = _parts(options)
    with listen("127.0.0.1", 0) as listening:
        mock = RunningMock(**parts, url=address_of(listening))
        with serving(mock.app, listening):
            yield mock


class _Parts(TypedDict):
    first_world: World
    clock: Clock
    contract: MockContract
    mutation: AppMutation | None
    strict: bool
    require_world: bool


def _parts(options: MockOptions) -> _Parts:
    unknown = sorted(options.keys() - MockOptions.__annotations__.keys())
    if unknown:
        known = ", ".join(MockOptions.__annotations__)
        raise ValueError(f"unknown option {', '.join(unknown)}; must be one of: {known}")
    clock = _clock(options.get("now"), options.get("clock"))
    contract = options.get("contract") or _packaged_contract()
    start = _start(options, WorldClock(clock or SystemClock()), contract)
    return {
        "first_world": start.world,
        "clock": clock or WorldClock(SystemClock(), start.clock),
        "contract": contract,
        "mutation": _mutation(options.get("mutation")),
        "strict": options.get("strict", False),
        "require_world": options.get("require_world", False),
    }


@cache
def _packaged_contract() -> MockContract:
    """The packaged contract, read once for all mocks."""
    return MockContract.load()


def _clock(now: datetime | str | None, clock: Clock | None) -> Clock | None:
    """The clock that was asked for."""
    if now is None:
        return clock
    if clock is not None:
        raise ValueError("now and clock cannot be combined")
    return FrozenClock(parse_time(now) if isinstance(now, str) else now)


def _start(options: MockOptions, clock: WorldClock, contract: MockContract) -> Point:
    """The given world, or how the chosen fixture begins."""
    fixture, deals, seed = options.get("fixture"), options.get("deals"), options.get("seed")
    chosen = {"fixture": fixture, "deals": deals, "seed": seed}
    given = [name for name, value in chosen.items() if value is not None]
    if (world := options.get("world")) is not None:
        if given:
            raise ValueError(f"world cannot be combined with {' and '.join(given)}")
        return Point(world, clock.setting)
    for name, value in (("deals", deals), ("seed", seed)):
        if value is not None and (type(value) is not int or value < 0):
            raise ValueError(f"{name} must be an integer of at least 0, not {value!r}")
    chosen_fixture = DEFAULT_FIXTURE if fixture is None else fixture
    return load_beginning(chosen_fixture, clock, deals=deals, seed=seed, contract=contract)


def _mutation(mutation: str | AppMutation | None) -> AppMutation | None:
    if not isinstance(mutation, str):
        return mutation
    from mock_server.mutations import mutation_named  # loaded only when needed

    return mutation_named(mutation)
