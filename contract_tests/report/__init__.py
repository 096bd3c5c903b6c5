"""The reports of a run: for the terminal, for machines and for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract_tests.report import as_html, as_json, as_junit, as_markdown
from contract_tests.report.summary import Summary

__all__ = ["FILES", "Summary", "write"]

Renderer = Callable[[Summary], str]
FILES: Final[dict[str, Renderer]] = {
    "report.json": as_json.render,
    "junit.xml": as_junit.render,
    "report.md": as_markdown.render,
    "report.html": as_html.render,
}


def write(summary: Summary, directory: Path) -> list[Path]:
    """Write every report into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, render in FILES.items():
        path = directory / name
        path.write_bytes(render(summary).encode("utf-8", "replace"))
        paths.append(path)
    return paths
