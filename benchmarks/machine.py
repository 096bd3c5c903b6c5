"""What benchmarks ask of this machine: a free port, and what processes use (Linux)."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(group: int) -> list[int]:
    """The processes of a group: what a command started, and what that started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                found.append(int(entry.name))
        except ProcessLookupError:  # it has ended meanwhile
            continue
    return found


def processor_seconds(pids: Iterable[int]) -> float:
    """Seconds of processor time that processes have used together."""
    ticks = 0
    for pid in pids:
        user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
        ticks += int(user) + int(system)
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pids: Iterable[int]) -> float:
    """Megabytes of memory that processes have together; what two of them share counts twice."""
    status = (Path(f"/proc/{pid}/status").read_text("utf-8") for pid in pids)
    return sum(int(kb) for text in status for kb in re.findall(r"VmRSS:\s+(\d+)", text)) / 1024
