"""Work that looks at very many records: who must keep nobody waiting may refuse it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

MANY: Final = 2_000  # records; to look at fewer takes less time than to pass the work to a thread

# Only who sets it is ever refused anything: without it, this module changes nothing.
REFUSED: Final = ContextVar("long work is refused", default=False)


class TakesLong(Exception):  # no error: what was asked for is to be asked for elsewhere
    """Nothing has been done yet, because it would take long."""


def looks_at(records: int) -> None:
    """Say how many records the next step goes through; raises TakesLong if they are too many here.

    The work is begun again elsewhere, so nothing may have been written yet: a write says it in its change of
    the world, which is then not made.
    """
    if records > MANY and REFUSED.get():
        raise TakesLong
