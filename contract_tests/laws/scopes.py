"""Scopes: my deals, my team's, the company's."""

from __future__ import annotations

from contract_tests.laws.law import law
from contract_tests.scene.expectations import NotJudged, expect
from contract_tests.scene.scene import Scene


def _scopes(s: Scene) -> tuple[str, ...]:
    """The scopes, narrowest first."""
    return s.limits.values("listDeals", "scope")


@law("listDeals", of_all=True)
def scope_me_is_within_team_and_team_within_company(s: Scene) -> None:
    """“scope: Filter by user scope (me, team, company)”: each scope includes the narrower one."""
    me, team, company = (s.api.listing({**s.samples.base, "scope": scope}) for scope in _scopes(s))
    for inner, outer, words in ((me, team, "the team's"), (team, company, "the company's")):
        lost = set(inner.ids) - set(outer.ids)
        expect(
            not lost or not outer.complete,
            f"every deal also among {words} deals",
            f"missing there: {lost}",
            outer.exchange,
        )
    totals = [s.api.total(scope=scope) for scope in _scopes(s)]
    expect(
        totals == sorted(totals), "me ≤ team ≤ company", totals, me.exchange, team.exchange, company.exchange
    )


@law("listDeals")
def scope_me_returns_the_deals_assigned_to_the_caller(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: the user a deal belongs to is “assigned_to”."""
    if s.my_id is None:
        raise NotJudged("the user ID of “me” could not be determined")
    found = s.api.listing({"scope": "me"})
    wrong = [(r["id"], r.get("assigned_to")) for r in found.records if r.get("assigned_to") != s.my_id]
    expect(not wrong, f"only deals assigned to {s.my_id}", f"(id, assigned_to) {wrong[:3]}", found.exchange)
    found = s.api.listing({**s.samples.base, "scope": "me"})
    mine = s.samples.where(lambda r: r.get("assigned_to") == s.my_id)
    missing = mine - set(found.ids)
    expect(
        not missing or not found.complete, "every deal assigned to me", f"missing {missing}", found.exchange
    )


@law("listDeals", of_all=True)
def scope_company_returns_every_listed_deal(s: Scene) -> None:
    """“scope: Filter by user scope (…, company)”: the widest scope includes every listed deal."""
    everything = s.api.listing(s.samples.base)
    company = s.api.listing({**s.samples.base, "scope": "company"}).whole()
    lost = set(everything.ids) - set(company.ids)
    expect(not lost, "every deal of the list", f"missing {sorted(lost, key=str)[:5]}", company.exchange)
    listed, total = s.api.total(), s.api.total(scope="company")
    expect(total >= listed, f"at least {listed} deals", f"total {total}", company.exchange)


@law("listDeals", needs=("other",))
def scope_me_never_overlaps_between_two_users(s: Scene) -> None:
    """“scope: Filter by user scope (me, …)”: a deal is assigned to one user."""
    mine = s.api.listing({**s.samples.base, "scope": "me"})
    others = s.api.listing({**s.samples.base, "scope": "me"}, as_="other")
    assignees = {r.get("assigned_to") for r in others.records}
    if s.my_id in assignees and assignees == {s.my_id}:
        raise NotJudged("“other” is the same user as “me”")
    both = sorted(set(mine.ids) & set(others.ids), key=str)
    expect(not both, "no deal in both scopes", f"deals {both[:5]}", mine.exchange, others.exchange)
