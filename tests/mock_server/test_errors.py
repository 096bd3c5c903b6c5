"""Every error has one response, in the documented shape."""

from __future__ import annotations

import json

import pytest
from connexion.exceptions import OAuthProblem
from starlette.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as WerkzeugMethodNotAllowed
from werkzeug.exceptions import NotFound as WerkzeugNotFound

from mock_server import errors
from mock_server.domain.refusals import Invalid, Missing


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (Missing("Deal", 7), 404, "Deal 7 not found"),
        (Invalid({"a": "a is required"}), 422, "Validation failed"),
        (errors.BadRequest("Broken"), 400, "Broken"),
        (errors.Unauthorized("Who?"), 401, "Who?"),
        (errors.Forbidden("No"), 403, "No"),
        (errors.NotFound(), 404, "Not found"),
        (HTTPException(404), 404, "Not found"),
        (WerkzeugNotFound(), 404, "Not found"),
        (OAuthProblem(), 401, "Unauthorized"),
        (ZeroDivisionError("a secret"), 500, "Server error"),
    ],
)
def test_an_exception_has_its_response(error: Exception, status: int, message: str) -> None:
    response = errors.error_response(error)
    assert (response.status, response.message) == (status, message)


def test_a_wrong_method_names_the_right_ones() -> None:
    for error in (errors.MethodNotAllowed({"Allow": "GET, PUT"}), WerkzeugMethodNotAllowed(["GET", "PUT"])):
        response = errors.error_response(error)
        assert response.status == 405
        assert response.headers["Allow"] == "GET, PUT"


def test_a_stranger_is_told_how_to_sign_in() -> None:
    assert errors.error_response(errors.Unauthorized("?")).headers == {"WWW-Authenticate": "Bearer"}


def test_the_body_has_errors_only_where_fields_are_wrong() -> None:
    assert json.loads(errors.ErrorResponse(404, "Gone").body()) == {"success": False, "message": "Gone"}
    invalid = errors.error_response(Invalid({"a": "ü is wrong"})).body()
    assert json.loads(invalid) == {
        "success": False,
        "message": "Validation failed",
        "errors": {"a": "ü is wrong"},
    }


def test_a_message_that_is_not_valid_text_is_sent_all_the_same() -> None:
    assert json.loads(errors.ErrorResponse(400, "\ud800").body())["message"] == "?"
