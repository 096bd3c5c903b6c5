"""Certificates: whom a run trusts, how it shows its own, and what it says if that fails."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract_tests.little_server import LittleServer, LittleWorld, little_server
from tests.contract_tests.openings import CERTIFICATE, CERTIFICATES, complaint, opened

pytestmark = pytest.mark.usefixtures("own_environment")


@pytest.fixture
def tls_server(world: LittleWorld) -> Iterator[LittleServer]:
    with little_server(world) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        yield server


def secure(server: LittleServer) -> str:
    return server.url.replace("http:", "https:")


def test_a_certificate_that_is_not_trusted_is_named_with_what_helps(tls_server: LittleServer) -> None:
    text = complaint(secure(tls_server))

    assert "the server's certificate is not trusted: --ca-file FILE trusts its authority" in text
    assert "--insecure" in text


def test_the_ca_file_is_trusted(tls_server: LittleServer) -> None:
    assert opened(secure(tls_server), ca_file=CERTIFICATE).client.sent


@pytest.mark.parametrize("name", CERTIFICATES)
def test_the_usual_variables_name_the_trusted_certificates(
    name: str, tls_server: LittleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(CERTIFICATE))
    assert opened(secure(tls_server)).client.sent

    monkeypatch.setenv(name, "/nowhere/ca.pem")
    assert f"{name} names the file /nowhere/ca.pem, which does not exist" in complaint(secure(tls_server))


def test_insecure_verifies_nothing_and_does_not_warn(tls_server: LittleServer) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert opened(secure(tls_server), insecure=True).client.sent


def test_a_certificate_of_another_host_is_named(tls_server: LittleServer) -> None:
    url = secure(tls_server).replace("127.0.0.1", "localhost")

    assert "certificate is for another host than localhost" in complaint(url, ca_file=CERTIFICATE)


def test_http_on_a_port_of_tls_and_the_reverse_are_named(
    server: LittleServer, tls_server: LittleServer
) -> None:
    assert "does not use TLS at this port; did you mean http://" in complaint(secure(server))
    assert complaint(tls_server.url)


def test_files_without_certificates_are_named(tls_server: LittleServer, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing", "utf-8")

    assert f"--ca-file names the file {empty}, which holds no certificate" in complaint(
        secure(tls_server), ca_file=empty
    )
    assert f"--client-cert: {empty} holds no certificate with its private key" in complaint(
        secure(tls_server), insecure=True, client_cert=empty
    )


def test_a_client_certificate_is_shown_to_the_server(world: LittleWorld) -> None:
    with little_server(world) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        context.load_verify_locations(CERTIFICATE)
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = ssl.TLSVersion.TLSv1_2  # which tells the client why it is refused
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        assert opened(secure(server), ca_file=CERTIFICATE, client_cert=CERTIFICATE).client.sent

        assert "--client-cert" in complaint(secure(server), ca_file=CERTIFICATE)
