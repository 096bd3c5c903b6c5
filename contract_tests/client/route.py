"""How the server is reached: through which proxy, and which certificates are trusted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import requests
from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy

from contract_tests.client.time_limit import WatchedAdapter
from contract_tests.settings.settings import Settings

CA_VARIABLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Route:
    """The way to the server; what comes from an option or the environment has its source."""

    url: str
    proxy: str = ""  # may hold a password
    proxy_from: str = ""  # --proxy, HTTPS_PROXY …
    certificates: str = ""  # file of the trusted authorities; none given: those of the certifi package
    certificates_from: str = ""  # --ca-file, REQUESTS_CA_BUNDLE …
    verified: bool = True
    client_certificate: str = ""

    @property
    def host(self) -> str:
        """The host name of the server."""
        return urlsplit(self.url).hostname or ""

    @property
    def place(self) -> str:
        """The host and port of the server."""
        return urlsplit(self.url).netloc

    @property
    def shown_proxy(self) -> str:
        """The proxy without its password, and its source."""
        return f"{without_password(self.proxy)} ({self.proxy_from})"

    @property
    def proxy_password(self) -> str:
        """The password of the proxy, or an empty text."""
        return unquote(urlsplit(self.proxy).password or "")

    def session(self) -> requests.Session:
        """A connection pool that keeps no cookies: only the token identifies the account."""
        session = _Session()
        session.trust_env = False  # the route already has what the environment says
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else {}
        session.verify = (self.certificates or True) if self.verified else False
        session.cert = self.client_certificate or None
        for scheme in ("http://", "https://"):
            session.mount(scheme, WatchedAdapter())
        return session


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: redirects are not followed, and requests would read the whole body of each."""
        return


def route_to(settings: Settings, environment: Mapping[str, str] | None = None) -> Route:
    """The way to the server of these settings; an option goes before the environment."""
    environment = os.environ if environment is None else environment
    url = settings.base_url
    proxy, proxy_from = _proxy(settings, url, environment)
    certificates, certificates_from = next(_certificates(settings, environment), ("", ""))
    return Route(
        url=url,
        proxy=proxy,
        proxy_from=proxy_from,
        certificates=certificates,
        certificates_from=certificates_from,
        verified=not settings.insecure,
        client_certificate=_text(settings.client_cert),
    )


def without_password(url: str) -> str:
    """The URL without user name and password."""
    scheme, _, rest = url.rpartition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if scheme else rest.rpartition("@")[2]


def _proxy(settings: Settings, url: str, environment: Mapping[str, str]) -> tuple[str, str]:
    if settings.no_proxy:
        return "", ""
    if settings.proxy:
        return settings.proxy, "--proxy"
    proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None))
    if not proxy:
        return "", ""
    scheme = urlsplit(url).scheme
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    source = next((name for name in names if environment.get(name) == proxy), "the system's settings")
    return prepend_scheme_if_needed(proxy, "http"), source


def _certificates(settings: Settings, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if settings.ca_file:
        yield _text(settings.ca_file), "--ca-file"
    for name in CA_VARIABLES:
        if environment.get(name):
            yield environment[name], name


def _text(path: Path | None) -> str:
    return "" if path is None else str(path)
