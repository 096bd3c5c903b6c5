"""Show that the mock holds, whatever it is sent. Each command starts a mock of its own.

  fuzz      random requests from the contract, plausible and hostile; every answer is judged by code that
            the mock does not share, and the mock's data must be consistent afterwards
  clients   many clients at once, each with a model of its own deals: nothing is lost, nothing is foreign
  memory    create and delete many deals: the memory of the mock's process stays flat (Linux)

exit status: 0 it holds, 1 it does not
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.robustness.clients import run_clients
from benchmarks.robustness.fuzz import Fuzzer
from benchmarks.robustness.memory import measure
from benchmarks.robustness.server import ServerError, server_at
from benchmarks.robustness.wire import NoAnswerError

DEALS = "40"  # in the mock's first world: few, so that answers are quickly judged


def main(argv: list[str] | None = None) -> int:
    """Run one of the commands; return the exit status."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.url and given.defect:
        parser.error("--defect is for a mock of our own: it cannot be combined with --url")
    try:
        holds: bool = given.run(given)
    except (ServerError, NoAnswerError) as error:
        print(f"✗ {error}")
        holds = False
    print("The mock holds." if holds else "The mock does not hold.")
    return 0 if holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.robustness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    fuzz = commands.add_parser("fuzz", help="random requests")
    fuzz.add_argument("--requests", type=_count, default=5000, help="how many (%(default)s)")
    fuzz.add_argument(
        "--url", help="base URL of a running mock, such as http://127.0.0.1:4010/api; its data will change"
    )
    fuzz.set_defaults(run=run_fuzz)
    clients = commands.add_parser("clients", help="many clients at once")
    clients.add_argument("--clients", type=_count, default=50, help="how many (%(default)s)")
    clients.add_argument("--requests", type=_count, default=2000, help="of each client (%(default)s)")
    clients.add_argument("--url", help="base URL of a running mock; deals will be added to it")
    clients.set_defaults(run=run_many_clients)
    memory = commands.add_parser("memory", help="memory over many writes")
    memory.add_argument(
        "--rounds", type=_count, default=30_000, help="deals to create and delete (%(default)s)"
    )
    memory.set_defaults(run=run_memory, url=None)
    for command in (fuzz, clients):
        command.add_argument(
            "--seed", type=int, default=1, help="the same seed, the same requests (%(default)s)"
        )
    for command in (fuzz, clients, memory):
        command.add_argument("--defect", help="start the mock with this defect, to see whether it is found")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a positive integer, not {text!r}")
    return int(text)


def _options(given: argparse.Namespace) -> list[str]:
    return ["--deals", DEALS, *(["--defect", given.defect] if given.defect else [])]


def run_fuzz(given: argparse.Namespace) -> bool:
    """The `fuzz` command: whether nothing failed."""
    with server_at(given.url, _options(given)) as server:
        outcome = Fuzzer(server, given.seed).run(given.requests)
        _print(outcome.table(), outcome.failures)
    return not outcome.failures


def run_many_clients(given: argparse.Namespace) -> bool:
    """The `clients` command: whether nothing was lost."""
    with server_at(given.url, _options(given)) as server:
        outcome = run_clients(server, given.clients, given.requests, given.seed)
        _print(outcome.table(), outcome.failures)
    return not outcome.failures


def run_memory(given: argparse.Namespace) -> bool:
    """The `memory` command: whether it stays flat."""
    with server_at(None, _options(given)) as server:
        memory = measure(server, given.rounds)
    _print(memory.table(), [])
    return memory.flat


def _print(table: str, failures: list[str]) -> None:
    print(table, *(f"✗ {failure}" for failure in failures), sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
