"""The servers of the suite's own tests."""

from __future__ import annotations

import pytest

from tests.contract_tests.servers import serving


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_cannot_start_fails_the_test() -> None:
    with pytest.raises(RuntimeError, match="the server did not start"), serving("nowhere:app"):
        pass
