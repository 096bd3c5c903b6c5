"""Two mocks with the same seed and clock return the same bytes, in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tests.mock_server.conftest import Api, contract, mock_on, seeded

ROOT = Path(__file__).parents[2]
DEALS, SEED = 20, 7
HASH_SEEDS = ("0", "4321")
SCRIPT = "from tests.mock_server.test_same_bytes import digests; print(*digests(), sep='\\n')"


def paths(api: Api) -> Iterator[str]:
    """Every read of the API: the collections, and each deal."""
    for operation in contract().operations.values():
        if operation.method == "GET":
            ids = api.world.deals.rows if "{id}" in operation.path else [0]
            yield from (operation.path.replace("{id}", str(id_)) for id_ in sorted(ids))


def digests(seed: int = SEED) -> list[str]:
    """A line for each response: its path and the digest of its body."""
    api = mock_on(seeded(DEALS, seed))
    return [f"{path} {sha256(api.get(path).content).hexdigest()}" for path in paths(api)]


def test_the_answers_are_the_same_bytes_in_every_process() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in HASH_SEEDS
    ]
    outputs = [process.communicate(timeout=60)[0].splitlines() for process in running]
    assert len(outputs[0]) > 4 * DEALS
    assert outputs == [digests()] * len(HASH_SEEDS)


def test_another_seed_gives_other_answers() -> None:
    mine, other = digests(), digests(SEED + 1)
    assert len(set(mine) & set(other)) < len(mine) / 2
