"""How tokens are shown in reports and curl commands, and how one is tampered with."""

from __future__ import annotations

from typing import Final

VARIABLES: Final = {  # person → what a report shows instead of the token
    "me": "$TOKEN",
    "admin": "$ADMIN_TOKEN",
    "other": "$OTHER_TOKEN",
    "expired": "$EXPIRED_TOKEN",
    "bad": "$TAMPERED_TOKEN",
}
TAMPERED_END: Final = "AAAAA"  # replaces the end of the signature
# The shell makes the tampered token from the valid one, so nobody has to set a variable for it.
IN_SHELL: Final = VARIABLES | {"bad": f"${{TOKEN%{'?' * len(TAMPERED_END)}}}{TAMPERED_END}"}


def tampered(token: str | None) -> str | None:
    """The token with another end, so that its signature is wrong."""
    return None if token is None else token[: -len(TAMPERED_END)] + TAMPERED_END
