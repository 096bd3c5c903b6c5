"""The ids that exist on the server under test, as far as its own answers told."""

from __future__ import annotations

from random import Random

KINDS = {
    "stage_id": "stage",
    "contact_id": "contact",
    "bill_to_contact_id": "contact",
    "reseller_contact_id": "contact",
    "company_id": "company",
    "partner_id": "company",
    "reseller_id": "company",
    "assigned_to": "user",
    "deal_id": "deal",
    "quote_id": "quote",
    "noteId": "note",
    "taskId": "task",
}


class Known:
    """The ids of each kind of record; those that no answer tells are guessed."""

    def __init__(self) -> None:
        small = list(range(1, 9))
        self._ids = dict.fromkeys(KINDS.values(), small)

    def kind_of(self, name: str) -> str:
        """The kind of record that a field or parameter refers to; empty if it refers to none."""
        return KINDS.get(name, "")

    def ids(self, kind: str) -> list[int]:
        """The ids of this kind."""
        return self._ids[kind]

    def set(self, kind: str, ids: list[int]) -> None:
        """Now these are the ids of this kind."""
        self._ids[kind] = ids or [1]

    def add(self, kind: str, id_: int) -> None:
        """One more record; the oldest of many are forgotten."""
        self._ids[kind] = [*self._ids[kind][-99:], id_]

    def pick(self, kind: str, random: Random) -> int:
        """One of the ids; one draw, however many there are, so that the rest of a request stays the same."""
        ids = self._ids[kind]
        return ids[int(random.random() * len(ids))]
