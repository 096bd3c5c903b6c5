"""Why a request got no response, in plain words."""

from __future__ import annotations

import errno
import http.client
import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Final

import requests
import urllib3.exceptions as of_urllib3

from contract_tests.client.route import Route

NO_WAY: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
CLOSED: Final = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    http.client.RemoteDisconnected,
)
REFUSED: Final = "connection refused"
CUT: Final = "the connection was closed before the end of the response"
TLS_CAUSES: Final = {  # part of OpenSSL's message → what is wrong, and what helps
    "wrong version number": "the server does not use TLS at this port; did you mean http://{place}?",
    "record layer failure": "the server does not use TLS at this port; did you mean http://{place}?",
    "certificate required": "the server asks for a client certificate: --client-cert FILE",
    "alert handshake failure": "no TLS connection: the server may ask for a client certificate "
    "(--client-cert FILE)",
    "bad certificate": "the server does not accept the client certificate (--client-cert)",
    "unknown ca": "the server does not accept the client certificate (--client-cert)",
    "certificate has expired": "the server's certificate has expired; --insecure does not verify it",
    "hostname mismatch": "the server's certificate is for another host than {host}; "
    "--insecure does not verify it",
    "ip address mismatch": "the server's certificate is for another host than {host}; "
    "--insecure does not verify it",
    "self-signed certificate": "the server's certificate is not trusted{trusted}: "
    "--ca-file FILE trusts its authority, --insecure does not verify it",
    "self signed certificate": "the server's certificate is not trusted{trusted}: "
    "--ca-file FILE trusts its authority, --insecure does not verify it",
    "unable to get local issuer": "the server's certificate is not trusted{trusted}: "
    "--ca-file FILE trusts its authority, --insecure does not verify it",
    "certificate verify failed": "the server's certificate is not trusted{trusted}: "
    "--ca-file FILE trusts its authority, --insecure does not verify it",
}


def reason(error: BaseException, route: Route) -> str:
    """Why there was no response, without error numbers and library names."""
    chain = list(_chain(error))
    if route.proxy and any(isinstance(each, of_urllib3.ProxyError | requests.exceptions.ProxyError)
                           for each in chain):  # fmt: skip
        return _of_proxy(chain, route)
    return _of_files(chain, route) or _of_tls(chain, route) or _of_connection(chain, route.host)


def is_dropped(error: BaseException) -> bool:
    """Whether there was no connection, or it was closed early: another attempt may succeed."""
    lasting = (ssl.SSLCertVerificationError, socket.gaierror)
    return not any(isinstance(each, lasting) for each in _chain(error))


def is_refused(error: BaseException) -> bool:
    """Whether there was nothing to connect to."""
    return any(isinstance(each, ConnectionRefusedError) for each in _chain(error))


def is_connect_timeout(error: BaseException) -> bool:
    """Whether no connection was made in time, to the server or to the proxy."""
    chain = list(_chain(error))
    connecting = any(isinstance(each, of_urllib3.ConnectTimeoutError) for each in chain)
    return connecting and any(isinstance(each, TimeoutError) for each in chain)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all its causes, the libraries' wrapping included."""
    seen: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop()
        if any(each is known for known in seen):
            continue
        seen.append(each)
        yield each
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        left += [cause for cause in inner if isinstance(cause, BaseException)]


def _of_proxy(chain: list[BaseException], route: Route) -> str:
    answered = re.search(r"Tunnel connection failed: (\d+)", " ".join(map(str, chain)))
    if answered and answered[1] == "407":
        return f"the proxy {route.shown_proxy} asks for a user name and a password: --proxy http://USER:PASSWORD@…"
    if answered:
        return (
            f"the proxy {route.shown_proxy} returned {answered[1]} instead of a connection to {route.place}"
        )
    why = _of_connection(chain, without_port(route))
    return f"the proxy {route.shown_proxy} cannot be reached: {why}; --no-proxy goes without it"


def without_port(route: Route) -> str:
    """The host name of the proxy."""
    return re.sub(r":\d+$", "", route.shown_proxy.partition("://")[2].partition(" ")[0])


def _of_files(chain: list[BaseException], route: Route) -> str:
    """What is wrong with the files of certificates that were given."""
    text = " ".join(map(str, chain))
    for path, source in (
        (route.certificates, route.certificates_from),
        (route.client_certificate, "--client-cert"),
    ):
        if path and not os.path.exists(path) and path in text:
            return f"{source} names the file {path}, which does not exist"
    if "NO_CERTIFICATE_OR_CRL_FOUND" in text or "unknown error (_ssl.c" in text:
        return f"{route.certificates_from} names the file {route.certificates}, which holds no certificate"
    if route.client_certificate and re.search(r"\[SSL\] PEM lib|KEY_VALUES_MISMATCH|bad base64", text):
        return f"--client-cert: {route.client_certificate} holds no certificate with its private key"
    return ""


def _of_tls(chain: list[BaseException], route: Route) -> str:
    if not any(isinstance(each, ssl.SSLError | of_urllib3.SSLError) for each in chain):
        return ""
    text = " ".join(map(str, chain)).lower().replace("_", " ")
    trusted = f" by {route.certificates} ({route.certificates_from})" if route.certificates else ""
    for part, meaning in TLS_CAUSES.items():
        if part in text:
            return meaning.format(host=route.host, place=route.place, trusted=trusted)
    return CUT if "eof" in text else "no TLS connection could be made"


def _of_connection(chain: list[BaseException], host: str) -> str:
    def any_is(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in chain)

    if any_is(socket.gaierror, of_urllib3.NameResolutionError):
        return f"the host {host} is unknown"
    if any_is(ConnectionRefusedError):
        return REFUSED
    if any(isinstance(each, OSError) and each.errno in NO_WAY for each in chain):
        return f"there is no way to {host} in the network"
    if is_connect_timeout(chain[0]):
        return "no connection in time"
    return next(filter(None, map(_of_protocol, chain)), CUT)


def _of_protocol(error: BaseException) -> str:
    if isinstance(error, http.client.LineTooLong) or "got more than" in str(error):
        return "the response has too many or too long headers"
    if isinstance(error, http.client.BadStatusLine) and not isinstance(error, CLOSED):
        line = str(error.args[0] if error.args else "").encode("latin-1", "replace")
        tls = line.startswith((b"\x15\x03", b"\x16\x03"))
        return "what answers does not speak HTTP" + ("; did you mean https://?" if tls else "")
    if isinstance(error, of_urllib3.DecodeError):
        return "the response is not encoded as its Content-Encoding says"
    return ""
