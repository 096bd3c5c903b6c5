"""What users can rely on in a seeded world."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.domain.risk import deal_risk
from mock_server.domain.world import Deal, World
from mock_server.seeding import seed_world
from mock_server.seeding.business_calendar import FRESHEST, BusinessCalendar, month_end
from mock_server.worldfile import save_world

NOW = datetime(2026, 2, 9, 12, tzinfo=UTC)
EXAMPLE = 10
SEEDS = (1, 2, 42, 1000)


@pytest.fixture(scope="module", params=SEEDS)
def fifty(request: pytest.FixtureRequest) -> World:
    return seed_world(deals=50, seed=request.param, now=NOW)


@pytest.fixture(scope="module")
def world() -> World:
    return seed_world(deals=200, seed=42, now=NOW)


def events(world: World) -> Iterator[tuple[int, datetime]]:
    """Deal id and time of everything that has happened."""
    for deal in world.deals:
        yield deal.id, deal.updated_at
    for table in ("quotes", "tasks", "notes"):
        yield from ((record.deal_id, record.created_at) for record in world.table(table))
    yield from ((email.deal_id, email.sent_at) for email in world.emails)


def open_deals(world: World) -> list[Deal]:
    closed = {stage.id for stage in world.stages if stage.is_won or stage.is_lost}
    return [deal for deal in world.deals if deal.stage_id not in closed]


# The same world


def test_the_same_seed_and_clock_give_the_same_world(world: World) -> None:
    assert seed_world(deals=200, seed=42, now=NOW) == world


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("deals", "name"),
        ("tasks", "title"),
        ("notes", "content"),
        ("emails", "subject"),
        ("emails", "to_name"),
    ],
)
def test_equal_texts_are_in_memory_once(world: World, table: str, field: str) -> None:
    seeded = (record for record in world.table(table) if getattr(record, "deal_id", record.id) != EXAMPLE)
    texts = [getattr(record, field) for record in seeded]
    assert len({id(text) for text in texts}) == len(set(texts)) < len(texts)


def test_another_process_makes_the_same_bytes() -> None:
    script = (
        "from datetime import UTC, datetime; from hashlib import sha256\n"
        "from mock_server.seeding import seed_world; from mock_server.worldfile import save_world\n"
        "world = seed_world(deals=60, seed=7, now=datetime(2026, 2, 9, 12, tzinfo=UTC))\n"
        "print(sha256(save_world(world).encode()).hexdigest())"
    )
    digest = sha256(save_world(seed_world(deals=60, seed=7, now=NOW)).encode()).hexdigest()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == digest


def test_another_seed_gives_another_world_of_the_same_people(world: World) -> None:
    other = seed_world(deals=200, seed=43, now=NOW)
    assert other.deals != world.deals
    assert (other.users, other.stages) == (world.users, world.stages)


def test_another_clock_moves_the_world_along(world: World) -> None:
    week = timedelta(days=7)
    later = seed_world(deals=200, seed=42, now=NOW + week)
    moved = [deal.created_at + week for deal in world.deals if deal.id != EXAMPLE]
    assert [deal.created_at for deal in later.deals if deal.id != EXAMPLE] == moved


def test_the_time_zone_of_the_clock_does_not_matter(world: World) -> None:
    elsewhere = NOW.astimezone(datetime.fromisoformat("2026-01-01T00:00:00+11:00").tzinfo)
    assert seed_world(deals=200, seed=42, now=elsewhere) == world


# The documented example


@pytest.mark.parametrize("seed", SEEDS)
def test_deal_10_is_the_example_of_the_documentation(seed: int) -> None:
    world = seed_world(deals=20, seed=seed, now=NOW)
    deal = world.deals[EXAMPLE]
    assert (deal.name, deal.value, deal.probability) == ("Acme Enterprise License", 50000, 60)
    assert (deal.stage_id, world.stages[3].name) == (3, "Proposal")
    assert (deal.contact_id, world.contacts[1].name) == (1, "Jane Smith")
    assert (deal.company_id, world.companies[1].name) == (1, "Acme Corp")
    assert (deal.assigned_to, deal.partner_id) == (1, 1)
    assert world.companies[deal.reseller_id or 0].name == "Channel Partners Inc"
    assert world.contacts[deal.reseller_contact_id or 0].name == "Bob Wilson"
    assert deal.expected_close_date == date(2026, 3, 15)
    assert deal.created_at == deal.updated_at == datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    risk = deal_risk(world, deal, NOW)
    assert risk is not None
    assert (risk["risk_level"], risk["risk_score"]) == ("medium", 45)
    assert risk["risk_factors"][0] == {"label": "No activity", "detail": "25 days", "weight": 25}


def test_the_proposal_stage_is_the_example_of_the_documentation(world: World) -> None:
    stage = world.stages[3]
    assert (stage.name, stage.display_order, stage.probability) == ("Proposal", 3, 50)
    assert (stage.is_won, stage.is_lost, stage.color) == (False, False, "#3b82f6")


@pytest.mark.parametrize("deals", [1, 5, 9, 10, 11])
def test_the_example_is_there_however_few_deals_there_are(deals: int) -> None:
    world = seed_world(deals=deals, seed=42, now=NOW)
    assert len(world.deals) == deals
    assert world.deals[EXAMPLE].name == "Acme Enterprise License"


def test_a_world_without_deals_has_people_and_stages_all_the_same() -> None:
    world = seed_world(deals=0, seed=42, now=NOW)
    assert [len(world.table(name)) for name in ("deals", "tasks", "emails")] == [0, 0, 0]
    assert (len(world.users), len(world.stages)) == (8, 6)


@pytest.mark.parametrize("year", [1971, 2025, 2100])
def test_any_year_will_do(year: int) -> None:
    world = seed_world(deals=30, seed=42, now=datetime(year, 2, 28, 23, 59, tzinfo=UTC))
    assert world.deals[EXAMPLE].created_at.year == 2026


# Plausibility


def test_the_first_three_users_are_an_admin_a_manager_and_a_rep(world: World) -> None:
    people = [(user.id, user.email, user.role) for user in world.users][:3]
    roles = ("admin", "manager", "rep")
    assert people == [(n, f"{r}@revorbit.example", r) for n, r in enumerate(roles, start=1)]
    assert Counter(user.team for user in world.users) == {"North": 4, "South": 4}


@pytest.mark.parametrize("user_id", [1, 2, 3])
def test_the_scopes_of_each_person_differ(fifty: World, user_id: int) -> None:
    team = {user.id for user in fifty.users if user.team == fifty.users[user_id].team}
    mine = sum(deal.assigned_to == user_id for deal in fifty.deals)
    ours = sum(deal.assigned_to in team for deal in fifty.deals)
    assert 0 < mine < ours < len(fifty.deals)


def test_all_levels_of_risk_occur(fifty: World) -> None:
    risks = [deal_risk(fifty, deal, NOW) for deal in open_deals(fifty)]
    assert {risk["risk_level"] for risk in risks if risk} == {"low", "medium", "high"}


def test_most_open_deals_are_healthy(world: World) -> None:
    risks = [deal_risk(world, deal, NOW) for deal in open_deals(world)]
    levels = Counter(risk["risk_level"] for risk in risks if risk)
    assert levels["low"] > levels["medium"] > levels["high"]


def test_the_open_stages_are_a_funnel_and_all_stages_occur(world: World) -> None:
    counts = [world.deals.count_of(stage.id) for stage in world.stages]
    assert counts[:4] == sorted(counts[:4], reverse=True)
    assert all(counts)


def test_ties_nulls_cents_and_unicode_occur(fifty: World) -> None:
    deals = list(fifty.deals)
    values = Counter(deal.value for deal in deals if deal.value is not None)
    dates = Counter(deal.expected_close_date for deal in deals if deal.expected_close_date)
    assert max(values.values()) > 1
    assert max(dates.values()) > 1
    assert any(value % 1 for value in values)
    for field in ("value", "contact_id", "company_id", "assigned_to", "notes", "tags"):
        assert {getattr(deal, field) is None for deal in deals} == {True, False}, field
    assert not all(deal.name.isascii() for deal in deals)
    assert not all(contact.name.isascii() for contact in fifty.contacts)


def test_names_stand_for_one_company_or_person_each() -> None:
    world = seed_world(deals=3000, seed=42, now=NOW)
    for table in ("companies", "contacts"):
        names = Counter(record.name for record in world.table(table))
        assert [name for name, count in names.items() if count > 1] == []


def test_parties_belong_together(world: World) -> None:
    def company_of(contact_id: int | None) -> int | None:
        contact = world.contacts.get(contact_id)
        return contact.company_id if contact else None

    for deal in world.deals:
        if deal.company_id and deal.contact_id:
            assert company_of(deal.contact_id) == deal.company_id
        if deal.bill_to_contact_id:
            assert company_of(deal.bill_to_contact_id) == (deal.partner_id or deal.company_id)
        if deal.reseller_contact_id:
            assert company_of(deal.reseller_contact_id) == deal.reseller_id
        if deal.primary_quote_id:
            assert world.quotes[deal.primary_quote_id].deal_id == deal.id


def test_closed_deals_have_an_end_and_a_sure_probability(world: World) -> None:
    for deal in world.deals:
        stage = world.stages[deal.stage_id]
        closed = stage.is_won or stage.is_lost
        assert deal.closed_at == (deal.stage_entered_at if closed else None)
        assert deal.loss_reason is None or stage.is_lost
        if closed:
            assert deal.probability == stage.probability


def test_quote_numbers_count_through_each_year(world: World) -> None:
    quotes = sorted(world.quotes, key=lambda quote: (quote.created_at, quote.id))
    for year in {quote.created_at.year for quote in quotes}:
        numbers = [quote.quote_number for quote in quotes if quote.created_at.year == year]
        assert numbers == [f"Q-{year}-{n:04}" for n in range(1, len(numbers) + 1)]


def test_threads_go_to_and_fro_between_a_contact_and_a_user(world: World) -> None:
    addresses = {
        "inbound": {contact.email for contact in world.contacts},
        "outbound": {user.email for user in world.users},
    }
    threads: dict[str, list[Any]] = {}
    for email in world.emails:
        threads.setdefault(email.thread_id, []).append(email)
    for emails in threads.values():
        assert all(e.from_email in addresses[e.direction] for e in emails)
        assert all(e.subject.startswith("Re: ") for e in emails[1:])
        for one, next_ in pairwise(emails):
            assert one.direction != next_.direction
            assert one.sent_at < next_.sent_at


# Time

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@settings(max_examples=40)
@given(now=moments, seed=st.integers(0, 10**6))
def test_nothing_happens_in_the_future_or_before_its_deal(now: datetime, seed: int) -> None:
    world = seed_world(deals=12, seed=seed, now=now)
    for deal in world.deals:
        if deal.id != EXAMPLE:
            assert deal.created_at < deal.stage_entered_at <= deal.updated_at <= now
    for deal_id, moment in events(world):
        if deal_id != EXAMPLE:
            assert world.deals[deal_id].created_at <= moment <= now


@given(now=moments, ages=st.lists(st.floats(FRESHEST, 1000), min_size=2, max_size=2))
def test_the_calendar_keeps_office_hours_and_the_order_of_things(now: datetime, ages: list[float]) -> None:
    calendar = BusinessCalendar(now)
    earlier, later = (calendar.ago(age) for age in sorted(ages, reverse=True))
    assert earlier <= later <= now
    for moment in (earlier, later):
        assert moment.weekday() < 5
        assert 8 <= moment.hour < 18


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(day: date, end: date) -> None:
    assert month_end(day) == end
