"""Long work is done in a thread, beside the event loop, so that nobody else waits for it.

Short work is not: to pass it to a thread and back would take longer than the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LARGE: Final = 500_000  # bytes; to work through fewer takes no longer than a few requests


async def aside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the work returns, which is done in a thread if it is about so many bytes."""
    if size > LARGE:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
