"""Who and what is there when the second implementation starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt

from tests.contract_tests.second_world import PEOPLE, Record, World, stamp

SECRET = "the second implementation's own secret"
TOKENS = {jwt.encode({"sub": str(id)}, SECRET, "HS256"): id for id in PEOPLE}
ADMIN_TOKEN, TOKEN, OTHER_TOKEN = TOKENS
PASSWORD = "open sesame"
QUOTE = 501
QUOTE_OF_DEAL = {QUOTE: 1003}
EMAILS = [
    {
        "id": 71,
        "deal": 1002,
        "from": "jane@acme.example",
        "to": "ada@second.example",
        "title": "Hello",
        "at": 2,
    },
    {
        "id": 72,
        "deal": 1002,
        "from": "ada@second.example",
        "to": "jane@acme.example",
        "title": "Re: Hello",
        "at": 1,
    },
]

STAGES = (
    ("Lead", 10, False, False),
    ("Qualified", 40, False, False),
    ("Offer", 70, False, False),
    ("Won", 100, True, False),
    ("Lost", 0, False, True),
)
NAMES = (
    "Zebra",
    "apple",
    "Éclair",
    "banana",
    "Acme, big",
    'The "quoted" one',
    "100% sure",
    "under_score",
    "Ünder",
    "zoo",
)


def seeded() -> World:
    """A small world: 42 deals over five stages, two of them with e-mails."""
    world = World()
    for position, (name, probability, won, lost) in enumerate(STAGES, 1):
        flags = {"is_won": won, "is_lost": lost, "probability": probability, "color": None}
        world.stages[position] = {"id": position, "name": name, "display_order": position * 10, **flags}
    start = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
    for n in range(42):
        given: Record = {
            "name": f"{NAMES[n % len(NAMES)]} {n // 7}",
            "stage_id": n % 5 + 1,
            "value": n * 1000.5,
        }
        given |= {
            "contact_id": n % 4 or None,
            "company_id": (n + 1) % 4 or None,
            "assigned_to": n % 5 or None,
        }
        given |= {
            "assigned_to": (1, 2, 3, None)[n % 4],
            "probability": n % 101,
            "tags": "a,b" if n % 3 else None,
        }
        given |= {
            "expected_close_date": (start + timedelta(days=5 * n)).date().isoformat() if n % 6 else None
        }
        saved = world.save_deal(None, given)
        saved["created_at"] = saved["updated_at"] = stamp(start + timedelta(days=n // 2, microseconds=n))
        saved["closed_at"] = saved["closed_at"] and stamp(start + timedelta(days=40 + n, microseconds=7))
    return world
