"""What the Python scripts of findings use: their settings, and what they look at."""

from __future__ import annotations

import pytest

from contract_tests.reproduce.api import has, settings_from
from contract_tests.settings.options import SettingsError

GIVEN = {"DEALS_BASE_URL": "http://there/api", "TOKEN": "mine"}


def test_a_short_name_comes_before_that_of_a_run_and_both_before_the_default() -> None:
    found = settings_from({**GIVEN, "DEALS_TOKEN": "other"}, {"BASE_URL": "http://then/api", "CA_FILE": ""})

    assert (found.token, found.base_url, found.ca_file) == ("mine", "http://there/api", None)


def test_options_of_a_run_do_not_change_what_a_script_sends() -> None:
    found = settings_from({**GIVEN, "DEALS_ONLY": "getDeal", "DEALS_READ_ONLY": "1", "DEALS_MAX_TIME": "1"})

    assert (found.only, found.read_only, found.max_time) == ((), False, None)


def test_the_headers_of_a_gateway_come_from_variables_of_their_names() -> None:
    found = settings_from({**GIVEN, "X_API_KEY": "secret"}, headers=["X-Api-Key"])

    assert found.headers == (("X-Api-Key", "secret"),)


@pytest.mark.parametrize(
    ("environment", "headers", "missing"),
    [({"DEALS_BASE_URL": "http://there/api"}, (), "TOKEN"), (GIVEN, ("X-Api-Key",), "X_API_KEY")],
)
def test_what_is_missing_is_named(
    environment: dict[str, str], headers: tuple[str, ...], missing: str
) -> None:
    with pytest.raises(SettingsError, match=f"set {missing}"):
        settings_from(environment, headers=headers)


def test_a_value_counts_only_in_a_field_of_its_name_and_with_its_type() -> None:
    response = {"data": [{"name": "1", "count": 1}, {"stage": {"is_won": True}}]}

    assert has(response, "count", 1)
    assert has(response, "is_won", True)
    assert not has(response, "name", 1)
    assert not has(response, "is_won", 1)
    assert not has(response, "title", "1")
