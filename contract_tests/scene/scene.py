"""What laws use besides the client: a reader, a maker, users, and shared sample deals."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import Any

from contract_tests.client.client import Client
from contract_tests.scene.api_reader import ApiReader
from contract_tests.scene.expectations import NotJudged
from contract_tests.scene.json_search import Record
from contract_tests.scene.maker import Maker
from contract_tests.scene.people import People, people_of
from contract_tests.scene.run_names import made_elsewhere
from contract_tests.scene.sample_deals import SampleDeals, sample_deals_of
from contract_tests.scene.turns import Turns


class Scene:
    """Everything a law needs to judge a server."""

    def __init__(self, client: Client, parent: Scene | None = None) -> None:
        self.client = client
        self.call = client.call
        self.api: ApiReader = ApiReader(client, parent.api.writes if parent else None)
        self.limits = self.api.limits
        self.parent = parent
        self._numbers: Iterator[int] = parent._numbers if parent else itertools.count(1)
        self.mark = f"{client.run_id}w{next(self._numbers)}t" if parent else f"{client.run_id}t"
        lasting = parent.make.lasting_stages if parent else None
        self.make: Maker = Maker(client, self.api, self.word, lasting)
        self.turns: Turns = parent.turns if parent else Turns(client)
        self._samples: SampleDeals | str | None = None
        self._shares = parent is not None  # its sample deals with the parent
        self._known: People | None = None
        self._making = threading.RLock()

    def sibling(self) -> Scene:
        """Another scene in the same run: it shares the supply of words, the users and the sample deals."""
        return Scene(self.client.sibling(), self)

    def refresh(self) -> None:
        """Forget what was read; records that were made stay."""
        self.api.refresh()
        if isinstance(self._samples, SampleDeals):
            self._samples, self._shares = self._samples.read_again(self.client), False

    def word(self) -> str:
        """A unique word that contains the run's id; every name made here contains one."""
        return f"{self.mark}{next(self._numbers)}e"

    def stages(self) -> list[Record]:
        """The stages as they are now, without those that come and go with other runs or workers."""
        return [each for each in self.api.stages(fresh=True) if not made_elsewhere(each, self.mark)]

    def may_vanish(self, deal: Record) -> bool:
        """Whether another run or worker made this deal, and may delete it at any moment."""
        return made_elsewhere(deal, self.mark) and deal["id"] not in self.samples.records

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
        with self._making:
            if self._samples is None:
                self._samples = self._made_or_shared()
        if isinstance(self._samples, str):
            raise NotJudged(self._samples)
        return self._samples

    def _made_or_shared(self) -> SampleDeals | str:
        """The samples, or why there are none."""
        try:
            if self.parent is not None and self._shares:
                return self.parent.samples
            return sample_deals_of(self.api, self.make, self._people, f"{self.word()}p")
        except NotJudged as error:
            return str(error)

    @property
    def _people(self) -> People:
        with self._making:
            if self._known is None:
                self._known = self.parent._people if self.parent else people_of(self.api, self.make)
            return self._known
