"""Names that must be known."""

from __future__ import annotations

from collections.abc import Collection

from mock_server.domain.nearest import nearest
from mock_server.domain.refusals import Invalid


def check_known(field: str, name: str, known: Collection[str], kind: str) -> None:
    """Refuse a name in a field that is not known, with the known one that was probably meant.

    `kind` says what is known: "an operation of the Deals API".
    """
    if name not in known:
        meant = nearest(name, known, {})
        advice = f"; did you mean {meant}?" if meant else ""
        raise Invalid({field: f"{field} must be {kind}{advice}"})
