"""The recipes of CONTRIBUTING.md as changes that can be made: which files, and what in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Edits = Mapping[str, tuple[tuple[str, str], ...]]  # file → (what is there, what takes its place)

CONTRACT = "openapi/deals.yaml"
NEW_VERSION = ("  version: 1.0.0\n", "  version: 1.1.0\n")


@dataclass(frozen=True)
class Recipe:
    """One recipe, made for an example, and how to see that it worked."""

    title: str  # its heading in CONTRIBUTING.md
    edits: Edits
    new: Mapping[str, str] = field(default_factory=dict)  # file → its text
    generated: tuple[str, ...] = ()  # what a command writes
    write: tuple[str, ...] = ()  # the command, as arguments of Python
    script: str = ""  # what must run in the changed checkout
    tests: tuple[str, ...] = ()  # existing tests that must still pass there

    @property
    def by_hand(self) -> set[str]:
        """The files that a contributor edits."""
        return {*self.edits, *self.new}

    def apply(self, folder: Path) -> None:
        """Make the change in a copy of the checkout."""
        for name, changes in self.edits.items():
            text = (folder / name).read_text("utf-8")
            for old, new in changes:
                if text.count(old) < 1:
                    raise AssertionError(f"{self.title}: {name} has no {old!r}")
                text = text.replace(old, new, 1)
            (folder / name).write_text(text, "utf-8")
        for name, text in self.new.items():
            (folder / name).write_text(text, "utf-8")


ASKING = """
import json
import urllib.request

from mock_server.testing import running_mock


def ask(mock, path, body=None):
    headers = {**mock.headers("admin"), "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(mock.api_url + path, data, headers)) as response:
        return json.load(response)

"""

FIELD = Recipe(
    title="Add a field",
    edits={
        CONTRACT: (
            NEW_VERSION,
            (
                "        tags: { $ref: '#/components/schemas/Tags' }\n    Deal:\n",
                "        tags: { $ref: '#/components/schemas/Tags' }\n"
                "        next_step: { type: string, maxLength: 200, x-provenance: inferred }\n    Deal:\n",
            ),
            (
                "        tags: { type: string, nullable: true, x-inferred: [nullable] }\n",
                "        tags: { type: string, nullable: true, x-inferred: [nullable] }\n"
                "        next_step: { type: string, nullable: true, x-provenance: inferred }\n",
            ),
        ),
        "mock_server/domain/world.py": (
            (
                "    tags: str | None = None\n",
                "    tags: str | None = None\n    next_step: str | None = None\n",
            ),
        ),
        "mock_server/seeding/deals.py": (
            (
                "            loss_reason=",
                '            next_step="Call back",\n            loss_reason=',
            ),
        ),
        "contract_tests/scene/deal_writes.py": (
            ('        "tags": (', '        "next_step": ("Call", "Write")[place],\n        "tags": ('),
        ),
    },
    script=ASKING
    + """
with running_mock(deals=20) as mock:
    made = ask(mock, "/deals", {"name": "Chairs", "stage_id": 1, "next_step": "Send the offer"})["data"]
    assert ask(mock, f"/deals/{made['id']}")["data"]["next_step"] == "Send the offer"
""",
    tests=(
        "tests/deals_spec",
        "tests/mock_server/test_every_operation.py",
        "tests/mock_server/test_worldfile.py",
    ),
)

ENDPOINT = Recipe(
    title="Add an endpoint",
    edits={
        CONTRACT: (
            NEW_VERSION,
            (
                "  /deals/{id}/stage:\n",
                """\
  /deals/{id}/age:
    get:
      operationId: getDealAge
      x-provenance: inferred
      tags: [Deals]
      summary: Get the age of a deal
      description: How many days ago the deal was created.
      parameters: [{ $ref: '#/components/parameters/DealId' }]
      responses:
        '200':
          description: The age
          content:
            application/json:
              schema:
                type: object
                required: [success, data]
                properties:
                  success: { $ref: '#/components/schemas/SuccessFlag' }
                  data: { type: object, required: [days], properties: { days: { type: integer } } }
              examples:
                age: { value: { success: true, data: { days: 7 } } }
        '401': { $ref: '#/components/responses/Unauthorized' }
        '404': { $ref: '#/components/responses/NotFound' }
        '429': { $ref: '#/components/responses/RateLimited' }
        '500': { $ref: '#/components/responses/ServerError' }
  /deals/{id}/stage:
""",
            ),
        ),
        "mock_server/handlers/deals.py": (
            (
                "def update_deal(",
                '''\
def get_deal_age(id_: int) -> Body:
    """How many days ago a deal was created."""
    deal = deal_of(current_mock().world, id_)
    return success({"days": deals.age_in_days(deal, current_mock().now)})


def update_deal(''',
            ),
        ),
        "mock_server/domain/deals.py": (
            (
                "def delete_deal(",
                '''\
def age_in_days(deal: Deal, now: datetime) -> int:
    """How many whole days ago the deal was created."""
    return (now - deal.created_at).days


def delete_deal(''',
            ),
        ),
        "README.md": (
            (
                "| `moveDealToStage` |",
                "| `getDealAge` | `GET /deals/{id}/age` | Deals |\n| `moveDealToStage` |",
            ),
        ),
    },
    script=ASKING
    + """
with running_mock(deals=20) as mock:
    assert ask(mock, "/deals/1/age")["data"]["days"] >= 0
""",
    tests=(
        "tests/deals_spec",
        "tests/mock_server/test_every_operation.py",
        "tests/mock_server/test_people.py",
        "tests/mock_server/test_contract.py",
        "tests/mock_server/test_handlers.py",
        "tests/test_readme.py",
    ),
)

RISK_FACTOR = Recipe(
    title="Add a risk factor",
    edits={
        "mock_server/domain/risk.py": (
            (
                "@dataclass(frozen=True, slots=True)\nclass Factor:",
                '''\
def no_value(history: History) -> Points:
    """Nobody knows what the deal is worth."""
    return (2, "No value is set") if history.deal.value is None else NONE


@dataclass(frozen=True, slots=True)
class Factor:''',
            ),
            (
                '    Factor("No next step", 5,',
                '    Factor("No value", 2, no_value),\n    Factor("No next step", 3,',
            ),
        ),
        "tests/mock_server/domain/test_risk.py": (
            (
                '        (world(quiet(13)), "No activity", None),\n',
                '        (world(quiet(1, value=None)), "No value", ("No value is set", 2)),\n'
                '        (world(quiet(1, value=7)), "No value", None),\n'
                '        (world(quiet(13)), "No activity", None),\n',
            ),
            ('("No pending task", 5)', '("No pending task", 3)'),
        ),
    },
    tests=("tests/mock_server/domain/test_risk.py", "tests/mock_server/test_example_deal.py"),
)

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

SEARCH = Recipe(
    title="Change search",
    edits={
        CONTRACT: (
            NEW_VERSION,
            (
                "x-fields: [name, company_name, contact_name]",
                "x-fields: [name, company_name, contact_name, tags]",
            ),
        ),
        "tests/mock_server/listing_oracle.py": (
            ('"company_name", "contact_name")', '"company_name", "contact_name", "tags")'),
        ),
    },
    script=ASKING
    + """
with running_mock(deals=20) as mock:
    made = ask(mock, "/deals", {"name": "Chairs", "stage_id": 1, "tags": "walnut"})["data"]
    assert [deal["id"] for deal in ask(mock, "/deals?search=walnut")["data"]] == [made["id"]]
""",
    tests=("tests/deals_spec", "tests/mock_server/test_listing.py", "tests/mock_server/test_contract.py"),
)

RECIPES = (FIELD, ENDPOINT, RISK_FACTOR, LAW, DEFECT, REPORT, SEARCH)
