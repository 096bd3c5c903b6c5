"""What laws use besides the client: a reader, a maker, users, and shared sample deals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from contract_tests.client.client import Client
from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.maker import Maker
from contract_tests.scene.people import People, people_of
from contract_tests.scene.sample_deals import SampleDeals, sample_deals_of


class Scene:
    """Everything a law needs to judge a server."""

    def __init__(self, client: Client, numbers: Iterator[int] | None = None) -> None:
        self.client = client
        self.call = client.call
        self.api = ApiReader(client)
        self.limits = self.api.limits
        self.make = Maker(client, self.api, self.word)
        self._numbers = numbers or itertools.count(1)
        self._samples: SampleDeals | str | None = None

    def sibling(self) -> Scene:
        """Another scene in the same run; it shares only the supply of unique words."""
        return Scene(self.client.sibling(), self._numbers)

    def refresh(self) -> None:
        """Forget what was read; records that were made stay."""
        self.api.refresh()
        if isinstance(self._samples, SampleDeals):
            self._samples = self._samples.read_again(self.client)

    def word(self) -> str:
        """A unique word that contains the run's id; every name made here contains one."""
        return f"{self.client.run_id}t{next(self._numbers)}e"

    @property
    def my_id(self) -> Any:
        """The id of the user of the token."""
        return self._people.me

    @property
    def other_id(self) -> Any:
        """The id of another user to whom deals are assigned, or None."""
        return self._people.other

    @property
    def samples(self) -> SampleDeals:
        """Sample deals of every kind, made once; in a read-only run, the existing deals."""
        if self._samples is None:
            try:
                self._samples = sample_deals_of(self.api, self.make, self._people, f"{self.word()}p")
            except NotJudged as error:
                self._samples = str(error)
        if isinstance(self._samples, str):
            raise NotJudged(self._samples)
        return self._samples

    @cached_property
    def _people(self) -> People:
        return people_of(self.api, self.make)
