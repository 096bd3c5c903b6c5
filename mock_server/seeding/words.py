"""The vocabulary of a seeded world: what people sell, plan, note and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

JOB_TITLES = (
    "Head of Procurement",
    "Chief Information Officer",
    "IT Director",
    "Operations Manager",
    "VP Sales",
    "Finance Manager",
    "Customer Success Lead",
    "Head of Digital",
    None,
)

DEAL_NAMES = (
    "{company} Enterprise License",
    "{company} – Annual Support Renewal",
    "{company} Team Plan",
    "{company} CRM Migration",
    "{company} – Analytics Add-on",
    "{company} Onboarding Package",
    "{company} Professional Plan Upgrade",
    "{company} – API Integration",
    "{company} Premium Support",
    "{company} Seat Expansion",
    "{company} – Security Add-on",
    "{company} Pilot Project",
)
ORPHAN_NAMES = (
    "Inbound Request – Team Plan",
    "Trade Fair Lead",
    "Website Inquiry: Enterprise License",
    "Referral – CRM Migration",
)

LIST_PRICES = (4_900, 9_900, 12_000, 24_900, 49_900)

TAGS = (
    "enterprise",
    "priority",
    "renewal",
    "upsell",
    "new-business",
    "partner",
    "pilot",
    "smb",
    "public-sector",
)

DEAL_NOTES = (
    "Budget approved for this fiscal year.",
    "Decision needs the sign-off of the CFO.",
    "Compares us with two competitors; price matters less than time to launch.",
    "Wants a two-year term with a price lock.",
    "Main contact is on leave until next month – go through the assistant.",
    "Met them at the trade fair in Köln.",
)

LOSS_REASONS = (
    "Price too high",
    "Lost to competitor",
    "No budget",
    "Project cancelled",
    "Missing feature",
    "No decision",
    None,
)

TASKS = (
    ("Call {contact}", "Ask where the decision stands and who else is involved."),
    ("Send updated proposal", "Include the discount for a two-year term."),
    ("Prepare demo", "Focus on reporting and the import of existing data."),
    ("Follow up on quote", None),
    ("Schedule kick-off workshop", "Two hours, remote, with the people who will use it."),
    ("Get security questionnaire answered", "Forward to compliance, they need about a week."),
    ("Check contract terms with legal", None),
    ("Confirm delivery date", "{company} needs it before the end of the quarter."),
)

NOTES = (
    "Call with {contact}: interested, wants to see the numbers for a full roll-out.",
    "{contact} confirmed that the budget is there, the board decides at the next meeting.",
    "Met at the office of {company}. Good mood, some doubts about the migration.",
    "Left a voicemail for {contact}.",
    "Demo went well; the reporting part convinced the room.",
    "{contact} asks for references from the same industry.",
    "Legal has two remarks on the terms, both harmless.",
    "Price is an issue: {contact} mentioned a cheaper offer.",
)

QUOTE_STATUSES_OPEN = ("draft", "sent", "sent", "expired")
QUOTE_STATUS_WON, QUOTE_STATUS_LOST = "accepted", "declined"


@dataclass(frozen=True)
class Topic:
    """A thread of emails: who starts it, and what is said in turn."""

    subject: str
    begins: str
    turns: tuple[str, ...]

    @cached_property
    def directions(self) -> tuple[str, ...]:
        """The direction of each turn."""
        return tuple(self.begins if turn % 2 == 0 else OTHER[self.begins] for turn in range(len(self.turns)))

    @cached_property
    def endings(self) -> Mapping[str, Sequence[int]]:
        """For each direction, the turns that a thread may end with."""
        return {way: range(self.directions.index(way), len(self.turns), 2) for way in OTHER}


OUT, IN = "outbound", "inbound"
OTHER = {OUT: IN, IN: OUT}

TOPICS = (
    Topic(
        "Your inquiry about {deal}",
        IN,
        (
            "we came across your product and would like to understand whether it fits us."
            " Could you send an overview and rough prices?",
            "thank you for your interest. I have attached an overview. May I call you this week"
            " to learn what {company} needs?",
            "Thursday after lunch would suit me. There will be two of us.",
            "perfect, Thursday it is. The invitation is on its way.",
        ),
    ),
    Topic(
        "Introduction: {deal}",
        OUT,
        (
            "I am your contact for {deal}. Would half an hour next week work for a first call?",
            "yes, gladly. Please bring somebody who can answer technical questions.",
            "of course, our solution engineer will join. I have sent an invitation.",
        ),
    ),
    Topic(
        "Demo for {company}",
        OUT,
        (
            "as agreed, here are three possible dates for the demo. Which questions should it answer?",
            "the second one works. We mostly care about reporting and about importing our old data.",
            "noted. I will show both with data that looks like yours.",
            "that was convincing, thank you. Could we have access to a test account?",
            "the test account is ready; the link is valid for thirty days.",
        ),
    ),
    Topic(
        "Proposal: {deal}",
        OUT,
        (
            "please find our proposal attached. The price of {value} includes onboarding"
            " and the first year of support.",
            "thank you. We need a version with a two-year term for comparison.",
            "here it is. With two years the price drops by eight per cent.",
            "our finance team asks whether the invoice can be split by quarter.",
            "quarterly invoices are no problem; I have added the clause.",
        ),
    ),
    Topic(
        "Security questions",
        IN,
        (
            "before we go on, our security team needs answers to the attached questionnaire.",
            "thank you, our compliance colleagues are on it. You will have it within a week.",
            "one more point: where is the data stored, and who can see it?",
            "in the region that you choose, and nobody without your consent. Details are attached.",
        ),
    ),
    Topic(
        "Contract for {deal}",
        OUT,
        (
            "attached is the contract for {deal}. Please let me know if anything needs changing.",
            "legal has two remarks, see the comments. Nothing dramatic.",
            "both are fine with us. The updated version is attached, ready for signature.",
        ),
    ),
    Topic(
        "Timeline",
        IN,
        (
            "the decision has moved to our next board meeting. Does your offer still stand then?",
            "certainly, I have extended it. Is there anything that would help the board?",
            "a one-page summary with the total of {value} would be great.",
            "here it is. I keep my fingers crossed.",
        ),
    ),
)
