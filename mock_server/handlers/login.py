"""Signing in."""

from __future__ import annotations

from mock_server import __version__
from mock_server.context import current_mock
from mock_server.errors import Unauthorized
from mock_server.responses import Body, record_body

PASSWORD = "password"  # the same for all users, in a world of invented people


def login(body: Body) -> Body:
    """Exchange an email and a password for a token."""
    wanted = body["email"].strip().casefold()
    user = next((user for user in current_mock().world.users if user.email.casefold() == wanted), None)
    if user is None or body["password"] != PASSWORD:
        raise Unauthorized("Invalid email or password")
    return {
        "success": True,
        "token": current_mock().tokens.issue(user),
        "user": record_body("User", user),
        "app_version": __version__,
        "app_environment": "mock",
    }
