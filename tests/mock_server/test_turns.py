"""Turns: one coroutine at a time, whichever event loop it runs in."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mock_server.turns import Turns

SOON = 20  # seconds; only a coroutine that nobody wakes takes so long


def test_coroutines_of_several_event_loops_take_turns() -> None:
    turns, inside, most = Turns(), 0, 0

    async def work() -> None:
        nonlocal inside, most
        for _ in range(50):
            async with turns:
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

    def run(_: int) -> None:
        async def several() -> None:
            await asyncio.wait_for(asyncio.gather(work(), work(), work()), SOON)

        asyncio.run(several())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert (inside, most) == (0, 1)


def test_a_coroutine_that_waits_in_another_loop_is_woken() -> None:
    turns = Turns()
    entered = threading.Event()

    async def wait() -> None:
        async with turns:
            entered.set()

    async def hold() -> None:
        async with turns:
            thread.start()
            await asyncio.sleep(0.1)
            assert not entered.is_set()

    thread = threading.Thread(target=lambda: asyncio.run(asyncio.wait_for(wait(), SOON)))
    asyncio.run(hold())
    thread.join(SOON)
    assert entered.is_set()


def test_they_come_in_the_order_in_which_they_asked() -> None:
    turns, came = Turns(), list[int]()

    async def ask(number: int) -> None:
        async with turns:
            came.append(number)

    async def all_at_once() -> None:
        async with turns:
            tasks = [asyncio.create_task(ask(number)) for number in range(10)]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)

    asyncio.run(all_at_once())
    assert came == list(range(10))


@pytest.mark.parametrize("given", [False, True])
def test_who_gives_up_waiting_holds_nobody_up(given: bool) -> None:
    turns, came = Turns(), list[str]()

    async def ask(name: str) -> None:
        async with turns:
            came.append(name)

    async def one_gives_up() -> None:
        async with turns:
            tasks = [asyncio.create_task(ask(name)) for name in ("impatient", "patient")]
            await asyncio.sleep(0)
            if not given:
                tasks[0].cancel()
        tasks[0].cancel()  # it has the turn by now, but has not heard of it
        await asyncio.wait_for(tasks[1], SOON)
        await asyncio.gather(tasks[0], return_exceptions=True)

    asyncio.run(one_gives_up())
    assert came == ["patient"]


def test_an_error_passes_the_turn_on() -> None:
    turns = Turns()

    async def fail() -> None:
        async with turns:
            raise ValueError("as always")

    async def twice() -> None:
        for _ in range(2):
            with pytest.raises(ValueError, match="as always"):
                await asyncio.wait_for(fail(), SOON)

    asyncio.run(twice())
