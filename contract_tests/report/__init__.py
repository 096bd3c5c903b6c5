"""The reports of a run: for the terminal, for machines and for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract_tests.report import as_html, as_json, as_junit, as_markdown
from contract_tests.report.summary import Summary
from contract_tests.settings.files import write_whole

__all__ = ["FILES", "ReportsError", "Summary", "write"]

Renderer = Callable[[Summary], str]
FILES: Final[dict[str, Renderer]] = {
    "report.json": as_json.render,
    "junit.xml": as_junit.render,
    "report.md": as_markdown.render,
    "report.html": as_html.render,
}


class ReportsError(Exception):
    """Some reports could not be written; the message says which and why in one line."""


def write(summary: Summary, directory: Path) -> list[Path]:
    """Write every report into the directory; one that fails keeps no other from being written."""
    failed: dict[str, list[str]] = {}
    paths = []
    for name, render in FILES.items():
        path = directory / name
        try:
            directory.mkdir(parents=True, exist_ok=True)
            write_whole(path, render(summary).encode("utf-8", "replace"))
        except OSError as error:
            failed.setdefault(error.strerror or str(error), []).append(name)
        except Exception as error:  # a bug in one report
            failed.setdefault(f"internal error: {type(error).__name__}: {error}", []).append(name)
        else:
            paths.append(path)
    if failed:
        reasons = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in failed.items())
        raise ReportsError(f"cannot write to {directory}: {reasons}")
    return paths
