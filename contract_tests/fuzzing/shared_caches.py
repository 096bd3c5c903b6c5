"""Lets all threads share what Hypothesis has read of source code.

Hypothesis describes each lambda by its source, and keeps that for each thread. Schemathesis starts three
threads for each operation, which would parse its largest module again each time: a fifth of a run's work.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from hypothesis.internal import lambda_sources

OF_SOURCES: Final = ("AST_LAMBDAS_CACHE", "LAMBDA_DIGEST_DESCRIPTION_CACHE")


@cache  # once in a process: a second time would empty them
def share_sources() -> None:
    """Share the caches; needs no lock, as only one thread at a time generates (see `generating`)."""
    for name in OF_SOURCES:
        kept: Any = getattr(lambda_sources, name, None)
        if kept is not None:  # without it, as in another version of Hypothesis, a run only takes longer
            kept._threadlocal = SimpleNamespace()
