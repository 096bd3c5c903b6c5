"""Who may see the mock's own pages, and who may control it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a mock lets whom do, besides the API, which is open to everybody.

    By default everybody may do everything: an application without a socket cannot be reached by a browser,
    or from elsewhere.
    """

    hosts: Collection[str] | None = None  # besides localhost, under which pages are shown; none: any
    control: bool = True  # whether there is a control side at all
    only_here: bool = False  # whether only this machine may control the mock
    admin_key: str | None = None  # who has it may control the mock from anywhere; nobody else may


EVERYBODY: Final = Access()


def new_key() -> str:
    """A key that nobody can guess."""
    return secrets.token_urlsafe(18)
