"""The recipes that change what the suite finds and reports."""

from __future__ import annotations

from tests.recipes.recipe import Recipe

LAW_NAME = "a_note_can_be_as_long_as_a_page"
LAW_DEFECT = "notes-longer-than-a-thousand-characters-are-dropped"
LAW = Recipe(
    title="Add a law",
    edits={
        "contract_tests/laws/notes.py": (
            (
                '@law("deleteDealNote"',
                f'''\
@law("createDealNote", needs=("writes",))
def {LAW_NAME}(s: Scene) -> None:
    """“content Required string”: a long note is a note like any other."""
    deal = s.make.deal()
    word = s.word()
    noted = granted(s.call("createDealNote", id=deal, json={{"content": f"{{word}} " * 120}}))
    shown = s.api.eventually(lambda: s.api.details(deal), lambda found: mentions_word(found[0], word))
    expect(mentions_word(shown[0], word), "the note on its deal", "no such note", noted, shown[1])


def mentions_word(details: object, word: str) -> bool:
    return word in str(details)


@law("deleteDealNote"''',
            ),
        ),
        "mock_server/mutations/defects/notes_and_emails.py": (
            (
                '@around_http("createDealNote"',
                f'''\
@around_handler("createDealNote", documented="content: Required, string")
def {LAW_DEFECT.replace("-", "_")}(call: HandlerCall) -> Any:
    """A note of more than a thousand characters is accepted and not stored."""
    return call.without_saving() if len(call.body["content"]) > 1000 else call()


@around_http("createDealNote"''',
            ),
        ),
    },
    generated=("benchmarks/mutation_matrix/results.json",),
    write=("-m", "benchmarks.mutation_matrix", "--only", LAW_DEFECT, "--write"),
    tests=(
        f"tests/contract_tests/test_laws_bite.py::test_a_law_catches_what_only_it_catches[{LAW_NAME}]",
        "tests/benchmarks/test_mutation_results.py",
    ),
)

DEFECT_NAME = "a-new-deal-is-worth-a-hundred-times-as-much"
DEFECT = Recipe(
    title="Add a defect",
    edits={
        "mock_server/mutations/defects/writes.py": (
            (
                '@around_handler("createDeal", ',
                f'''\
@around_handler("createDeal", documented="value: number, Optional, the value of the deal")
def {DEFECT_NAME.replace("-", "_")}(call: HandlerCall) -> Any:
    """The value is stored in cents and returned as it is stored."""
    return call.with_fields(value=call.body["value"] * 100)() if call.body.get("value") else call()


@around_handler("createDeal", ''',
            ),
        ),
    },
    generated=("benchmarks/mutation_matrix/results.json",),
    write=("-m", "benchmarks.mutation_matrix", "--only", DEFECT_NAME, "--write"),
    tests=(
        "tests/benchmarks/test_mutation_results.py",
        f"tests/mock_server/mutations/test_catalogue.py -k {DEFECT_NAME}",
    ),
)

REPORT = Recipe(
    title="Add a report format",
    edits={
        "contract_tests/report/__init__.py": (
            ("import as_html, as_json,", "import as_csv, as_html, as_json,"),
            ('    "report.html"', '    "report.csv": as_csv.render,\n    "report.html"'),
        ),
    },
    new={
        "contract_tests/report/as_csv.py": '''\
"""report.csv: one finding a row, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from contract_tests.report.summary import Summary


def render(summary: Summary) -> str:
    """The CSV text."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["kind", "operation", "rule", "claim"])
    rows.writerows([each.kind, each.operation, each.rule, each.claim] for each in summary.findings)
    return text.getvalue()
'''
    },
    script="""
import pathlib
import tempfile

from contract_tests.cli import main
from mock_server.testing import PASSWORD, running_mock

with running_mock(deals=20) as mock, tempfile.TemporaryDirectory() as folder:
    account = ["--email", mock.person("admin").email, "--password", PASSWORD]
    main(["--base-url", mock.api_url, *account, "--only", "getDealStats", "--report-dir", folder])
    assert (pathlib.Path(folder) / "report.csv").read_text("utf-8").startswith("kind,operation,rule,claim")
""",
    tests=("tests/contract_tests/test_reports.py",),
)
