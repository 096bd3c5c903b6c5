"""Whether the steps of a plan show a fault by themselves: on a faulty server, and on no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.comparing import Step
from contract_tests.reproduce.deciding import Decision
from contract_tests.reproduce.parts import Part
from contract_tests.reproduce.things import Things
from contract_tests.verdict.findings import Finding

A_LINE: Final = 20  # characters that no other file contains by chance
POSITION: Final = "display_order"  # among everybody's
TOKEN: Final = "token"  # another one after each sign-in
STATUSES: Final = (200, 401, 403, 404, 422)
Test = Callable[["Doubts", Sequence[Step]], bool]


class Doubts:
    """Why the steps of a finding may say too much or too little."""

    def __init__(
        self, finding: Finding, trace: Sequence[Exchange], shown: Sequence[Exchange], things: Things
    ):
        self._finding, self._trace, self._shown, self._things = finding, trace, shown, things
        self._cited = {exchange.number for exchange in shown}

    def first(self, decision: Decision | None, steps: Sequence[Step]) -> str:
        """The first reason for doubt; an empty text if there is none."""
        if decision is None:
            return "what decides is not known" if self._finding.rejudge else ""
        if not decision.certain:
            return "there is too much that may decide"
        return next((reason for reason, test in TESTS.items() if test(self, steps)), "")

    def token(self, steps: Sequence[Step]) -> bool:
        """Whether a token decides."""
        return any(part.pointer[-1:] == (TOKEN,) for step in steps for part in step.parts)

    def others(self, steps: Sequence[Step]) -> bool:
        """Whether a number or a record of others decides, which may be another one on another day."""
        return any(self._of_others(step, part) for step in steps for part in step.parts)

    def read_before(self, steps: Sequence[Step]) -> bool:
        """Whether records of earlier laws were changed, of which those laws read the result."""
        here = {exchange.number for exchange in self._trace}
        return any(step.exchange.method == "PUT" and step.exchange.number not in here for step in steps)

    def file_sent(self, _steps: Sequence[Step]) -> bool:
        """Whether a part of a file is sent that another server would not have returned."""
        files = [each.body for each in self._trace if each.ok and Answer(each).body is None]
        lines = {line for body in files for line in body.splitlines() if len(line) >= A_LINE}
        sent = [content for _, content, _ in (self._finding.exchanges or self._shown)[-1].files.values()]
        return any(line in content for content in sent for line in lines)

    def file_returned(self, _steps: Sequence[Step]) -> bool:
        """Whether the law would be judged in another way with an empty file."""
        judge, trace = self._finding.rejudge, self._finding.trace
        return judge is not None and any(
            judge([*trace[:place], replace(exchange, body=b""), *trace[place + 1 :]]) != judge(trace)
            for place, exchange in enumerate(trace)
            if exchange.number in self._cited and exchange.ok and Answer(exchange).body is None
        )

    def time(self, steps: Sequence[Step]) -> bool:
        """Whether a time decides."""
        return any(step.timely for step in self._last(steps))

    def nothing(self, steps: Sequence[Step]) -> bool:
        """Whether neither a part of a response nor a status decides."""
        return not any(step.parts for step in self._last(steps)) and not self._status_decides()

    def _of_others(self, step: Step, part: Part) -> bool:
        foreign, is_value = self._things.is_foreign(step.exchange), part.kind in ("value", "other")
        if part.owners:
            return foreign and part.pointer[-1:] == (POSITION,)
        if is_value and "@" in part.place:
            return True
        is_rate = part.kind == "changed" and not float(part.raw).is_integer()
        return foreign and (part.kind in ("size", "others") or (is_value and part.is_measure) or is_rate)

    def _last(self, steps: Sequence[Step]) -> list[Step]:
        return [step for step in steps if step.exchange.number >= min(self._cited)]

    def _status_decides(self) -> bool:
        """Whether the law would hold if only the status of a cited response were another."""
        judge, trace = self._finding.rejudge, self._finding.trace
        return judge is not None and any(
            judge([*trace[:place], replace(exchange, status=status), *trace[place + 1 :]]) is None
            for place, exchange in enumerate(trace)
            for status in STATUSES
            if exchange.number in self._cited
        )


TESTS: Final[dict[str, Test]] = {  # reason for doubt → its test
    "a token decides": Doubts.token,
    "records of others decide": Doubts.others,
    "what was read earlier decides": Doubts.read_before,
    "a file is sent that another server returned": Doubts.file_sent,
    "a file decides": Doubts.file_returned,
    "a time decides": Doubts.time,
    "what decides is not known": Doubts.nothing,
}
