"""Only one thread at a time generates requests: Hypothesis is not made for several.

Some versions of Python cannot even parse code in several threads (python/cpython#106905), as Hypothesis does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_GENERATING: Final = threading.Lock()  # of the process, like Hypothesis itself


class Baton:
    """What a run of the engine holds while it generates, and hands on while it waits for a response.

    The engine's own thread may hand it on: the baton belongs to the run, not to a thread.
    """

    def __init__(self, *, shared: bool) -> None:
        self._shared = shared  # whether others generate, too

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it; wait until the others do not."""
        if not self._shared:
            yield
            return
        with _GENERATING:
            yield

    @contextmanager
    def handed_on(self) -> Iterator[None]:
        """Let others hold it meanwhile."""
        if not self._shared:
            yield
            return
        _GENERATING.release()
        try:
            yield
        finally:
            _GENERATING.acquire()
