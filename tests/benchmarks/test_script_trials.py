"""The matrix of scripts: what counts as right, as undecided and as wrong."""

from __future__ import annotations

import pytest

from benchmarks.mutation_matrix.script_trials import ScriptTrial, all_right, summary_of


def trial(script: str, defective: int, sound: int) -> ScriptTrial:
    return ScriptTrial("page-is-ignored", script, "pages_partition_the_list", (defective, sound))


@pytest.mark.parametrize(
    ("script", "statuses", "right", "undecided"),
    [
        ("f1.sh", (1, 0), True, False),
        ("f1.sh", (2, 2), False, True),
        ("f1.sh", (1, 2), False, True),
        ("f1.sh", (1, 1), False, False),
        ("f1.sh", (0, 0), False, False),
        ("f1.sh", (2, 1), False, False),
        ("f1.py", (1, 0), True, False),
        ("f1.py", (2, 2), False, False),  # Python can always judge
    ],
)
def test_a_script_is_right_or_says_that_it_cannot_judge(
    script: str, statuses: tuple[int, int], right: bool, undecided: bool
) -> None:
    found = trial(script, *statuses)

    assert (found.right, found.undecided) == (right, undecided)


def test_the_summary_names_what_is_not_right_and_counts_the_rest() -> None:
    trials = [trial("f1.sh", 1, 0), trial("f2.sh", 2, 2), trial("f3.sh", 1, 1), trial("f1.py", 1, 0)]
    *named, shell, python = summary_of(trials)

    assert [line.split()[0] for line in named] == ["cannot", "WRONG"]
    assert shell == ".sh: 1 of 3 right, 1 cannot judge, 1 wrong"
    assert python == ".py: 1 of 1 right, 0 cannot judge, 0 wrong"
    assert not all_right(trials)
    assert all_right(trials[:2])
