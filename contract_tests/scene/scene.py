"""What laws use beside the target: the ground, the people, and a herd of deals that they share."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from contract_tests.law import NotJudged
from contract_tests.scene.ground import Ground
from contract_tests.scene.paddock import Herd, People, herd_of, people_of
from contract_tests.target.implementation import Target


class Scene(Ground):
    """The stage on which laws are held against a target."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._herd: Herd | str | None = None

    def refresh(self) -> None:
        """Forget what was read, so that it is read anew; what was made stays."""
        super().refresh()
        if isinstance(self._herd, Herd):
            self._herd = self._herd.read_again(self)

    @property
    def my_id(self) -> Any:
        """The id of the person whose token it is."""
        return self._people[0]

    @property
    def other_id(self) -> Any:
        """The id of somebody else to whom deals are assigned, or None."""
        return self._people[1]

    @property
    def herd(self) -> Herd:
        """Some deals of every kind, made once; on a read-only target, those that are there."""
        if self._herd is None:
            try:
                self._herd = herd_of(self, self._people)
            except NotJudged as error:
                self._herd = str(error)
        if isinstance(self._herd, str):
            raise NotJudged(self._herd)
        return self._herd

    @cached_property
    def _people(self) -> People:
        return people_of(self)
