"""The settings of a run and their sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.settings.options import OPTIONS
from contract_tests.settings.settings import SettingsError, gather, refuse_unknown_names

URL, TOKEN = "http://there/api", "a-token-that-is-secret"
ENOUGH = {"base_url": URL, "token": TOKEN}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_command_line_goes_before_the_environment_and_this_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "deals-contract.toml").write_text("seed = 1\nmax-time = '1m'\nrate_limit = '60/m'\n", "utf-8")
    environment = {"DEALS_SEED": "2", "DEALS_MAX_TIME": "120s"}
    settings = gather({**ENOUGH, "seed": "3"}, environment)

    assert (settings.seed, settings.max_time, settings.rate_limit) == (3, 120.0, 1.0)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_may_stand_in_the_environment(option: Any, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("", "utf-8")
    texts = {"base-url": URL, "email": "a@b.example", "password": "pw", "rate-limit": "5/s",
             "header": "X-Api-Key=k", "proxy": "http://proxy.example:3128", "update-waivers": "new.yaml",
             **dict.fromkeys(("waivers", "contract", "ca-file", "client-cert", "har", "compare"), "there"),
             }  # fmt: skip
    others = {"DEALS_QUOTE_ID": "1"} if option.name == "quote-deal-id" else {}
    text = texts.get(option.name, "1")
    usual = {
        "DEALS_BASE_URL": URL,
        "DEALS_TOKEN": TOKEN,
        "DEALS_EMAIL": "a@b.example",
        "DEALS_PASSWORD": "pw",
    }
    settings = gather({}, {**usual, **others, option.variable: text})

    assert getattr(settings, option.field) == option.read_value(text)


def test_a_token_may_come_with_its_scheme() -> None:
    assert gather({**ENOUGH, "token": f"Bearer {TOKEN} "}, {}).token == TOKEN


def test_names_may_be_repeated_or_listed() -> None:
    assert gather({**ENOUGH, "only": ["Deals,Tasks", "login"]}, {}).only == ("Deals", "Tasks", "login")


def test_secrets_are_no_part_of_the_text() -> None:
    settings = gather({**ENOUGH, "admin_token": TOKEN, "email": "a@b", "password": "hunter2"}, {})

    assert TOKEN not in repr(settings)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"token": TOKEN}, r"--base-url \(or DEALS_BASE_URL\) is required"),
        ({"base_url": URL}, "credentials are required"),
        ({"base_url": URL, "email": "a@b"}, "--password is missing"),
        ({"base_url": URL, "password": "x", "token": TOKEN}, "--email is missing"),
        ({"base_url": URL, "email": "a@b", "password": "x", "read_only": True}, "signing in is a POST"),
        ({**ENOUGH, "base_url": "there/api"}, "must be a URL such as"),
        ({**ENOUGH, "base_url": "http://a:b@there/api"}, "must be a URL without user name"),
        ({**ENOUGH, "base_url": "http://there:port/api"}, "must be a URL such as"),
        ({**ENOUGH, "quote_deal_id": "7"}, "--quote-deal-id requires --quote-id"),
        ({**ENOUGH, "seed": "x"}, "--seed must be a whole number, but is 'x'"),
        ({**ENOUGH, "workers": "0"}, "must be at least 1, but is '0'"),
        ({**ENOUGH, "rate_limit": "fast"}, "must be a rate"),
        ({**ENOUGH, "rate_limit": "0/s"}, "must be a rate"),
        ({**ENOUGH, "max_time": "soon"}, "must be a time"),
        ({**ENOUGH, "waivers": "nowhere.yaml"}, "must be an existing file"),
        ({**ENOUGH, "token": "two words"}, "--token must consist of printable ASCII characters"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as error:
        gather(given, {})
    assert "two words" not in str(error.value)


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as error:
        gather({**ENOUGH, "base_url": "http://rep:hunter2@there/api"}, {})
    assert "hunter2" not in str(error.value)


def test_recorded_traffic_needs_no_server_and_no_credentials(tmp_path: Path) -> None:
    (tmp_path / "a.har").write_text("{}", "utf-8")
    settings = gather(
        {"har": "a.har"}, {"DEALS_EMAIL": "a@b", "DEALS_RATE_LIMIT": "5/s", "DEALS_STRICT": "1"}
    )

    assert (settings.base_url, settings.target, settings.strict) == ("", "a.har", True)
    assert (settings.email, settings.rate_limit) == (None, None)  # those of other runs
    assert gather({"har": "a.har", "base_url": URL}, {}).base_url == URL


@pytest.mark.parametrize(
    "given",
    [
        {"token": TOKEN}, {"email": "a@b"}, {"header": None, "headers": "X-Api-Key=k"}, {"wait": "3s"},
        {"keep": True}, {"seed": "2"}, {"workers": "2"}, {"read_only": True}, {"max_time": "3s"},
    ],
)  # fmt: skip
def test_what_is_about_sending_is_refused_with_recorded_traffic(
    given: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "a.har").write_text("{}", "utf-8")
    with pytest.raises(SettingsError, match=r"--har judges a file and sends nothing: leave out --[a-z-]+$"):
        gather({"har": "a.har", **given}, {})


@pytest.mark.parametrize(
    ("text", "complaint"), [("speed = 1", "did you mean seed"), ("seed =", "cannot read the settings file")]
)
def test_a_wrong_settings_file_is_named(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError, match=complaint):
        gather(ENOUGH, {}, config=path)


def test_a_name_that_is_nowhere_is_refused() -> None:
    settings = gather({**ENOUGH, "only": ["listDeal"]}, {})

    with pytest.raises(SettingsError, match="did you mean listDeals"):
        refuse_unknown_names(settings, ["listDeals", "getDeal"])
