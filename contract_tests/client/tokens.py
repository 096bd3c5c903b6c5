"""How secrets are shown in reports and curl commands, and how a token is tampered with."""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

VARIABLES: Final = {  # person → what a report shows instead of the token
    "me": "$TOKEN",
    "admin": "$ADMIN_TOKEN",
    "other": "$OTHER_TOKEN",
    "expired": "$EXPIRED_TOKEN",
    "bad": "$TAMPERED_TOKEN",
}
OF_THE_MOMENT: Final = frozenset({"iat", "exp", "nbf", "jti"})  # claims in which tokens of an account differ
TAMPERED_END: Final = "AAAAA"  # replaces the end of the signature
# The shell makes the tampered token from the valid one, so nobody has to set a variable for it.
IN_SHELL: Final = VARIABLES | {"bad": f"${{TOKEN%{'?' * len(TAMPERED_END)}}}{TAMPERED_END}"}


def tampered(token: str | None) -> str | None:
    """The token with another end, so that its signature is wrong."""
    return None if token is None else token[: -len(TAMPERED_END)] + TAMPERED_END


def header_variable(name: str) -> str:
    """What a report shows instead of the value of a `--header`: `$X_API_KEY` for `X-Api-Key`."""
    return "$" + re.sub(r"\W", "_", name).upper()


def same_account(one: str, other: str) -> bool:
    """Whether two tokens are JWTs with the same claims, apart from those of the moment."""
    claims = _claims(one)
    return claims is not None and claims == _claims(other)


def _claims(token: str) -> dict[str, Any] | None:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return {name: value for name, value in claims.items() if name not in OF_THE_MOMENT}
    except (ValueError, IndexError, AttributeError):
        return None
