"""The command line: its options and help. It needs no package, so `--help` always works."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from contract_tests.settings.options import ACCOUNTS, CONNECTION, OPTIONS, SERVER, Option, SettingsError
from contract_tests.settings.settings import CONFIG_FILE, described
from deals_spec.version import installed_version

PROGRAM: Final = "deals-contract"
CLEAN_UP: Final = "clean-up"
LISTS: Final = ("laws", "checks", "operations")
INTRODUCTION: Final = """\
Test a server against the documentation of the Deals API.

A violation is a response that contradicts the documentation; it comes with the curl command that
reproduces it. Where the documentation is silent, a difference from our assumptions is only drift.
It is safe to test a shared server: a run changes only what it has created, and deletes it at the end.
"""
EPILOG: Final = f"""\
exit status:
  0  the server conforms (drift is allowed unless --strict is given)
  1  at least one violation (or drift, with --strict)
  2  could not run, judged too little (--min-judged), or was interrupted

examples:
  deals-contract --base-url http://127.0.0.1:4010/api --token "$TOKEN"
  deals-contract --base-url https://staging.example/api --read-only --rate-limit 5/s
  deals-contract --base-url https://staging.example/api --only Tasks,createDeal -x
  deals-contract --report-dir report --waivers waivers.yaml   (base URL and token set elsewhere)
  deals-contract --har traffic.har   (what a browser or a proxy has recorded; sends nothing)
  deals-contract clean-up --run-id dc-0a1b2c   (delete later what a run has left behind)

Options can also be set in {CONFIG_FILE} (`rate-limit = "5/s"`) or in the environment
(DEALS_RATE_LIMIT=5/s). Set tokens and passwords in the environment (DEALS_TOKEN, DEALS_PASSWORD):
other users of the machine can see a command line.
"""
CLEANING: Final = """\
Delete what an earlier run has created and could not delete: deals and stages with its id in their names.
The run's id is in the first line of its output and in every report.

exit status:
  0  nothing of the run is left
  2  something is left, or the server could not be reached
"""


def parse(argv: Sequence[str], *, note: str = "") -> argparse.Namespace:
    """Read the command line; raises SettingsError, one line, on a mistake. The help ends with the note."""
    cleans = bool(argv) and argv[0] == CLEAN_UP
    parser = _cleaning_parser() if cleans else _parser()
    parser.epilog = "\n".join(filter(None, (parser.epilog, note)))
    return parser.parse_args(argv[1:] if cleans else argv)


def version_text() -> str:
    """What `--version` shows."""
    return f"{PROGRAM} {installed_version()}"


class _Parser(argparse.ArgumentParser):
    """Reports an error in one line, and never repeats a value: it might be a token."""

    def error(self, message: str) -> NoReturn:
        told, given_to_switch, _ = message.partition(": ignored explicit argument")
        raise SettingsError(f"{told}{' takes no value' if given_to_switch else ''}; see --help")

    def parse_args(self, argv: Sequence[str] | None = None) -> argparse.Namespace:  # type: ignore[override]
        found, left = self.parse_known_args(argv)
        unknown = [each.partition("=")[0] for each in left if each.startswith("-")]
        if unknown:
            near = difflib.get_close_matches(unknown[0], self._option_string_actions, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; see --help"
            raise SettingsError(f"unknown option {', '.join(unknown)}{hint}")
        if left:
            raise SettingsError("unexpected argument that follows no option; see --help")
        return found


def _parser() -> _Parser:
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} --base-url URL (--token TOKEN | --email EMAIL --password PASSWORD) [options]\n"
        f"       {PROGRAM} --har FILE [--base-url URL] [options]\n"
        f"       {PROGRAM} {CLEAN_UP} --run-id ID [options]",
        description=INTRODUCTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command="run")
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    what = f"show all {', '.join(LISTS[:-1])} or {LISTS[-1]} and exit"
    parser.add_argument("--list", choices=LISTS, metavar="|".join(LISTS), help=what)
    _add_options(parser, OPTIONS)
    return parser


def _cleaning_parser() -> _Parser:
    parser = _Parser(
        prog=f"{PROGRAM} {CLEAN_UP}",
        usage=f"{PROGRAM} {CLEAN_UP} --run-id ID --base-url URL "
        "(--token TOKEN | --email EMAIL --password PASSWORD) [options]",
        description=CLEANING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=CLEAN_UP, version=False, list=None)
    parser.add_argument(
        "--version", action="version", version=version_text(), help="show the version and exit"
    )
    parser.add_argument("--run-id", required=True, metavar="ID", help="id of the run: dc-0a1b2c")
    groups = {SERVER, CONNECTION, ACCOUNTS}
    _add_options(parser, (option for option in OPTIONS if option.group in groups))
    return parser


def _add_options(parser: _Parser, options: Iterable[Option]) -> None:
    where = f"settings file (default: {CONFIG_FILE} in the current directory)"
    parser.add_argument("--config", type=Path, metavar="FILE", help=where)
    groups: dict[str, Any] = {}
    for option in options:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        help = described(option).replace("%", "%%")  # argparse formats it
        groups[option.group].add_argument(*option.flags, dest=option.field, help=help, **_how(option))


def _how(option: Option) -> dict[str, Any]:
    if not option.metavar:
        return {"action": "store_true", "default": None}
    return {"metavar": option.metavar, **({"action": "append"} if option.many else {})}
