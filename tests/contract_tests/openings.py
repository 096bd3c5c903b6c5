"""How a run opens: what it says of a server that cannot be tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from contract_tests.run.suite import CouldNotRunError, Suite
from contract_tests.settings.settings import Settings
from tests.contract_tests.builders import TOKEN

CERTIFICATE: Final = Path(__file__).parent / "self_signed.pem"
DEAD: Final = "http://127.0.0.1:9"
PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def complaint(url: str, **settings: Any) -> str:
    """What a run says of this server instead of testing it."""
    suite = Suite(Settings(base_url=url, **{"token": TOKEN, **settings}))
    with pytest.raises(CouldNotRunError) as error:
        suite.open()
    suite.close()
    text = str(error.value)
    assert "\n" not in text
    assert "Errno" not in text
    assert suite.recorder.failing() == []
    return text


def opened(url: str, **settings: Any) -> Suite:
    """A run that has begun."""
    suite = Suite(Settings(base_url=url, **{"token": TOKEN, **settings}))
    suite.open()
    return suite
