"""Judges the responses in a HAR file as those of a run, and sends nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from contract_tests.recorded.entry import Entry
from contract_tests.recorded.har import HarError, entries_of
from contract_tests.recorded.private_fields import secrets_of
from contract_tests.recorded.traffic import RecordedExchange, Traffic, Unjudged, server_of
from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.verdict.checks import PARTS
from contract_tests.verdict.judging import CHECKS
from deals_spec import Operation

WITHOUT_LAWS: Final = (
    "Each response was judged by itself: laws are not, because they send requests of their own."
)
SHOWN: Final = 3  # servers that a message names
NOT_THE_API: Final = (Unjudged.ELSEWHERE, Unjudged.PREFLIGHT, Unjudged.NO_OPERATION)


def judge_recorded(suite: Suite) -> None:
    """Judge the file of `--har`; raises CouldNotRunError if it cannot be read or has nothing to judge."""
    if suite.settings.har is None:
        raise ValueError("judge_recorded requires the setting har")
    try:
        _Recording(suite, suite.settings.har).judge()
    except HarError as error:
        raise CouldNotRunError(str(error)) from error


class _Recording:
    """One file, read twice: for the secrets in it, then to judge it."""

    def __init__(self, suite: Suite, path: Path) -> None:
        self._suite = suite
        self._path = path
        self._traffic = Traffic(suite.contract, suite.settings.base_url, path.name)
        self._judged = 0
        self._unjudged: Counter[Unjudged] = Counter()
        self._servers: Counter[str] = Counter()  # of all entries
        self._apis: Counter[str] = Counter()  # of those that were judged

    def judge(self) -> None:
        """Judge every entry that is a response of the API, and say how many were not, and why."""
        self._learn_secrets()
        self._suite.recorder.uncalled = "the recording has no response of it"
        for entry in entries_of(self._path):
            self._servers[server_of(entry.url)] += 1
            found = self._judgeable(entry)
            if isinstance(found, Unjudged):
                self._unjudged[found] += 1
                continue
            self._judged += 1
            self._apis[server_of(entry.url)] += 1
            self._suite.client.journal(found)
            if self._suite.client.stop.halted:  # -x
                break
        self._conclude()

    def _learn_secrets(self) -> None:
        """Learn every token first: a finding may show one that only a later request gives away."""
        known: dict[str, str] = {}
        for entry in entries_of(self._path):
            if not isinstance(self._traffic.operation(entry), Unjudged):
                known.update(secrets_of(entry))
        for secret, name in known.items():
            self._suite.client.secrets.hide(secret, name)

    def _judgeable(self, entry: Entry) -> RecordedExchange | Unjudged:
        operation = self._traffic.operation(entry)
        if isinstance(operation, Unjudged):
            return operation
        return self._traffic.exchange(entry, operation) if self._selected(operation) else Unjudged.DESELECTED

    def _selected(self, operation: Operation) -> bool:
        selection = self._suite.recorder.selection
        return any(selection.wants(check, [operation], parts=PARTS) for check in CHECKS)

    # What is said about it

    def _conclude(self) -> None:
        total = self._judged + self._unjudged.total()
        judged = f"{self._judged} of {total} entries of {self._path.name} were judged"
        left = "; ".join(f"{reason.words} ({number})" for reason, number in self._unjudged.most_common())
        if not self._judged:
            raise CouldNotRunError(f"nothing to judge in {self._path}: {self._nothing(total, left)}")
        self._suite.recorder.remark(f"{judged}. Not judged: {left}." if left else f"{judged}.")
        self._suite.recorder.remark(WITHOUT_LAWS)
        if len(self._apis) > 1:
            self._suite.recorder.remark(f"The judged responses came from {_named(self._apis)}.")
        if self._judged < self._suite.settings.min_judged * (self._judged + self._lost):
            share = f"only {self._judged} of {self._judged + self._lost} responses of the API"
            required = f"{self._suite.settings.min_judged:.0%}"
            self._suite.client.stop.lose(
                f"{share} are complete enough to judge; --min-judged requires {required}"
            )

    @property
    def _lost(self) -> int:
        """How many responses of the API are not recorded well enough."""
        return sum(number for reason, number in self._unjudged.items() if reason.lost)

    def _nothing(self, total: int, left: str) -> str:
        if not total:
            return "it has no entries"
        if self._unjudged.total() > sum(self._unjudged[each] for each in NOT_THE_API):
            return left + (". Export the traffic with its content" if self._lost else "")
        base, path = self._suite.settings.base_url, self._suite.contract.base_path
        wanted = f"below {base}" if base else f"below {path} (--base-url sets another address)"
        servers = _named(self._servers)
        there = f"; its requests ({total}) went to {servers}" if servers else ""
        return f"it has no request to an operation of the API {wanted}{there}"


def _named(servers: Counter[str]) -> str:
    names = [name for name, _ in servers.most_common() if name]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
