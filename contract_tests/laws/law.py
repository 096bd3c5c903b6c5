"""A law: a function whose name is a claim, and whose first docstring line is its documented basis."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Final, Literal

from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.limits import ContractLimits
from contract_tests.scene.scene import Scene

MARK: Final = "__law__"
# What a law raises when it cannot read the shape of a response.
MISREAD: Final = (LookupError, TypeError, ValueError, AttributeError, StopIteration)

Body = Callable[..., None]  # takes the scene, and the case if the law has cases
OfStages = Literal["", "set", "order"]
Names = Iterable[str] | Callable[[ContractLimits], Iterable[str]]


@dataclass(frozen=True)
class Law:
    """One law; if it has cases, one case of it."""

    name: str
    basis: str  # the documented words on which it rests
    operations: tuple[str, ...]
    body: Body = field(repr=False)
    needs: tuple[str, ...] = ()  # of: writes, admin, other, login, quote, expired
    drift: bool = False  # breaking it contradicts only our guess
    case: str = ""
    of_all: bool = False  # it covers the deals of all users, so concurrent changes by others affect it
    about: tuple[str, ...] = ()  # response properties that it needs, such as `Deal.risk`
    of_stages: OfStages = ""  # what it judges of all stages, so that nobody else may change it meanwhile
    missing: str = ""  # why it cannot be judged by the contract in use

    @property
    def id(self) -> str:
        """The name, and the case if there are several."""
        return f"{self.name}[{self.case}]" if self.case else self.name

    @property
    def claim(self) -> str:
        """The name as words."""
        words = self.name.replace("_", " ")
        return f"{words} ({self.case})" if self.case else words

    def judge(self, scene: Scene) -> None:
        """Judge the server by this law: raises Broken or NotJudged."""
        if self.missing:
            raise NotJudged(self.missing)
        try:
            self.body(*((scene, self.case) if self.case else (scene,)))
        except MISREAD as error:
            raise NotJudged(f"the responses could not be read: {type(error).__name__}: {error}") from error


@dataclass(frozen=True)
class _Marked:
    """The arguments of `@law` for a function; the contract decides which laws they make."""

    body: Body
    operations: tuple[str, ...]
    needs: tuple[str, ...]
    drift: bool
    of_all: bool
    of_stages: OfStages
    about: tuple[str, ...]
    cases: Names
    each: Names

    def laws(self, limits: ContractLimits) -> Iterator[Law]:
        try:
            each, cases = _names(self.each, limits), _names(self.cases, limits)
        except NotJudged as error:
            yield self._law("", self.operations, str(error))
            return
        for operation in each:
            yield self._law(operation, (operation,), _unknown(limits, operation))
        for case in cases or ([""] if not each else []):
            yield self._law(case, self.operations, _unknown(limits, *self.operations))

    def _law(self, case: str, operations: tuple[str, ...], missing: str) -> Law:
        name, basis = self.body.__name__, (inspect.getdoc(self.body) or "").split("\n")[0]
        return Law(
            name,
            basis,
            operations,
            self.body,
            self.needs,
            self.drift,
            case,
            self.of_all,
            self.about,
            self.of_stages,
            missing,
        )


def law(
    *operations: str,
    needs: Iterable[str] = (),
    drift: bool = False,
    of_all: bool = False,
    of_stages: OfStages = "",
    about: Iterable[str] = (),
    cases: Names = (),
    each: Names = (),
) -> Callable[[Body], Body]:
    """Turn a function into laws: one per case in `cases`, or one per operation in `each`.

    Both may be functions of the contract's limits, because no contract is read at import.
    """

    def mark(body: Body) -> Body:
        needed, shown = tuple(needs), tuple(about)
        marked = _Marked(body, operations, needed, drift, of_all, of_stages, shown, cases, each)
        setattr(body, MARK, marked)
        return body

    return mark


def laws_in(module: ModuleType | SimpleNamespace, limits: ContractLimits) -> Iterator[Law]:
    """The laws of a module for one contract, in source order."""
    for marked in _marked_in(module):
        yield from marked.laws(limits)


def law_names_in(module: ModuleType) -> list[str]:
    """The names of the laws of a module, whatever the contract."""
    return [marked.body.__name__ for marked in _marked_in(module)]


def _marked_in(module: ModuleType | SimpleNamespace) -> list[_Marked]:
    found = [getattr(value, MARK, None) for value in vars(module).values()]
    return [marked for marked in found if marked is not None]


def _names(names: Names, limits: ContractLimits) -> list[str]:
    return list(names(limits) if callable(names) else names)


def _unknown(limits: ContractLimits, *operations: str) -> str:
    lacking = [name for name in operations if name not in limits.contract.operations]
    return f"the contract has no operation {', '.join(lacking)}" if lacking else ""
