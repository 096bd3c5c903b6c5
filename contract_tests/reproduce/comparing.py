"""What is read twice: of a time, or a number about everybody's records, only the change counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from contract_tests.client.exchange import Exchange
from contract_tests.reproduce.answers import Answer
from contract_tests.reproduce.parts import NUMBER, Part

MOMENT: Final = re.compile(r'"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"')


@dataclass
class Step:
    """A request that the script repeats."""

    exchange: Exchange
    cited: bool = False
    parts: list[Part] = field(default_factory=list)  # what must be in the response again
    kept_as: str = ""  # a name, if a later response to the same request is compared with this one
    timely: bool = False  # whether a time decides, which will never be the same again
    compared_with: str = ""  # the name of the earlier response


def compare(steps: Iterable[Step], is_foreign: Callable[[Exchange], bool]) -> None:
    """Look at a response that was asked for before through its differences to the earlier one."""
    earlier: dict[tuple[Any, ...], Step] = {}
    names = 0
    for step in steps:
        before = earlier.get(request(step.exchange))
        if before is not None and step.parts:
            foreign = is_foreign(step.exchange)
            known = {line.place: line.raw for line in Answer(before.exchange).lines}
            compared = [_compared(part, known.get(part.place), foreign=foreign) for part in step.parts]
            places = {part.place for part in compared if part.kind in ("changed", "same")}
            if places:
                names += 0 if before.kept_as else 1
                before.kept_as = step.compared_with = before.kept_as or f"before{names}"
                before.parts = [part for part in before.parts if part.place not in places]
            step.parts = compared
        if step.exchange.method == "GET":
            earlier[request(step.exchange)] = step
    for step in steps:  # a time will never be the same again
        lasting = [p for p in step.parts if not (p.kind == "value" and MOMENT.fullmatch(p.raw))]
        step.timely, step.parts = len(lasting) < len(step.parts), lasting


def _compared(part: Part, before: str | None, *, foreign: bool) -> Part:
    if part.kind != "value" or before is None:
        return part
    if foreign and not part.owners and part.is_measure and NUMBER.fullmatch(before):
        return replace(part, kind="changed", raw=f"{float(part.raw) - float(before):.10g}")
    return replace(part, kind="same") if part.raw == before and MOMENT.fullmatch(part.raw) else part


def request(exchange: Exchange) -> tuple[Any, ...]:
    """What makes two requests the same."""
    return exchange.method, exchange.path, exchange.query, exchange.as_
