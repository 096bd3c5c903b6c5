"""During a run, garbage is collected seldom; afterwards as before."""

from __future__ import annotations

import gc

from contract_tests.garbage import AFTER, seldom_collected


def test_garbage_is_collected_seldom_until_the_end() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.isenabled()
        assert gc.get_threshold() == (AFTER, *before[1:])

    assert gc.get_threshold() == before
