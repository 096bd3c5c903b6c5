"""The recipes that change what the mock does."""

from __future__ import annotations

from tests.recipes.recipe import CONTRACT, NEW_VERSION, Recipe

TAGS = (  # as it stands in DealInput
    "        tags: { allOf: [{ $ref: '#/components/schemas/Tags' }],"
    " nullable: true, x-inferred: [nullable] }\n"
)

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
                f"{TAGS}    Deal:\n",
                f"{TAGS}"
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
