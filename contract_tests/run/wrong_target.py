"""What is wrong with a target that is not the API, or that does not let the run in: one plain line each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

from contract_tests.client.exchange import Exchange
from contract_tests.client.foreign import UNAVAILABLE, content, described, is_foreign, is_json, is_page, plain
from deals_spec import Contract

MISSING: Final = 404
FORBIDDEN: Final = 403
REFUSED: Final = frozenset({401, 403})
NO_PROXY_PASSWORD: Final = 407


class WrongTarget:
    """Says what answers at a URL, if it is not the API."""

    def __init__(self, url: str, contract: Contract, proxy: str, is_api: Callable[[str], bool]) -> None:
        self._url, self._contract, self._is_api = url, contract, is_api
        self.suggestion = ""  # another base URL, below which the API seems to be
        self._through = f" (through the proxy {proxy})" if proxy else ""

    def complaint(self, responses: Sequence[Exchange]) -> str:
        """Why these responses to the first requests cannot be the API's, or an empty text."""
        first, statuses = responses[0], {response.status for response in responses}
        seen = f"{first.method} {first.path} returned {described(first)}{self._through}"
        if statuses == {NO_PROXY_PASSWORD}:
            return f"the proxy asks for a user name and a password{self._through}: --proxy http://USER:PASSWORD@…"
        if all(300 <= status < 400 for status in statuses):
            return self._redirected(first)
        if statuses <= UNAVAILABLE and all(is_foreign(each, self._contract) for each in responses):
            return f"the server does not respond: {seen}"
        if statuses <= REFUSED:
            return ""  # whether the token is wrong, or something else, is another question
        if all(map(is_page, responses)):
            like = "a single-page application" if first.ok else "another web server"
            return f"no Deals API at {self._url}, but {like}: {seen}{self._hint()}"
        if statuses == {MISSING}:
            return f"no Deals API at {self._url}: {first.path} returned 404{self._through}{self._hint()}"
        if not any(map(_could_be_json, responses)):
            return f"no Deals API at {self._url}: {seen}{self._hint()}"
        return ""

    def _redirected(self, response: Exchange) -> str:
        location = next((v for k, v in response.headers.items() if k.lower() == "location"), "")
        there = plain(location) or "another location"
        text = f"no Deals API at {self._url}: it redirects to {there}"
        base = urljoin(response.url, location).partition("?")[0].removesuffix(response.path)
        if urlsplit(base).scheme == "https" and urlsplit(self._url).scheme == "http":
            return f"{text}; use --base-url {plain(base)}"
        return text

    def _hint(self) -> str:
        """Suggest another base path: the contract's is easily forgotten, or written twice."""
        root = urlsplit(self._url)._replace(path="").geturl()
        path, shorter = self._contract.base_path, self._url.rpartition("/")[0]
        for url in dict.fromkeys((self._url + path, root + path, shorter)):
            if url != self._url and len(url) >= len(root) and self._is_api(url):
                self.suggestion = url
                return f"; did you mean {url}?"
        return ""


def lacks_header(with_token: Exchange, without: Exchange) -> str:
    """Whether a token makes no difference to a 403: then it is not about the account."""
    if with_token.status != FORBIDDEN or without.status != FORBIDDEN:
        return ""
    message = with_token.json.get("message") if isinstance(with_token.json, dict) else None
    said = f" (“{plain(str(message))[:80]}”)" if message else f" ({content(with_token)})"
    return (
        f"the server returns 403{said} with and without a token: "
        "a gateway in front of it may require a header, such as a key: --header NAME=VALUE"
    )


def wants_other_credentials(response: Exchange) -> str:
    """What kind of credentials a 401 asks for, if not for a bearer token."""
    asked = next((v for k, v in response.headers.items() if k.lower() == "www-authenticate"), "Bearer")
    scheme = plain(asked).split(" ")[0]
    return "" if scheme.lower() == "bearer" else f"; it asks for {scheme} authentication, not a bearer token"


def _could_be_json(response: Exchange) -> bool:
    return is_json(response) or b'"data"' in response.body
