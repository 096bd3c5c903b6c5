"""What one thread has read of Hypothesis's sources, the next one need not read again."""

from __future__ import annotations

import ast
import threading

import pytest
from hypothesis import strategies

from contract_tests.fuzzing.shared_caches import share_sources


def described_in_a_thread() -> None:
    """Describe a lambda whose module must be parsed as a whole: it is no statement of its own."""
    thread = threading.Thread(
        target=lambda: repr(
            strategies.integers().filter(
                lambda number: (number
                    != 0)
            )
        )
    )  # fmt: skip
    thread.start()
    thread.join()


def test_a_module_is_parsed_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    share_sources()
    parsed, parse = [], ast.parse

    def counted(source: str, *rest: object) -> ast.AST:
        parsed.append(source)
        return parse(source, *rest)  # type: ignore[call-overload]

    described_in_a_thread()
    monkeypatch.setattr(ast, "parse", counted)
    described_in_a_thread()
    assert parsed == []
