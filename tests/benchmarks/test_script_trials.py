"""The matrix of scripts: what counts as right."""

from __future__ import annotations

import pytest

from benchmarks.mutation_matrix.script_trials import ScriptTrial, all_right, summary_of


def trial(script: str, defective: int, sound: int, *, asks_python: bool = False) -> ScriptTrial:
    statuses = (defective, sound)
    return ScriptTrial("page-is-ignored", script, "pages_partition_the_list", statuses, asks_python)


@pytest.mark.parametrize(
    ("statuses", "right"),
    [((1, 0), True), ((2, 2), False), ((1, 2), False), ((1, 1), False), ((0, 0), False), ((2, 1), False)],
)
def test_a_script_is_right_that_tells_the_defective_server_from_the_sound_one(
    statuses: tuple[int, int], right: bool
) -> None:
    assert trial("f1.sh", *statuses).right == right


def test_the_summary_names_what_is_not_right_and_counts_the_rest() -> None:
    trials = [
        trial("f1.sh", 1, 0),
        trial("f2.sh", 1, 0, asks_python=True),
        trial("f3.sh", 1, 1),
        trial("f1.py", 1, 0),
    ]
    wrong, shell, python = summary_of(trials)

    assert wrong.startswith("WRONG")
    assert shell == ".sh: 2 of 3 right, 1 of them by asking the script for Python"
    assert python == ".py: 1 of 1 right"
    assert not all_right(trials)
    assert all_right(trials[:2])
