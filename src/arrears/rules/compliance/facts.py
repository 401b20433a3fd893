"""What the gate is told about a contact, a borrower and the past, and what it answers.

Plain frozen data with closed vocabularies: whatever is not in them is unknown, and the unknown is refused or counted
against us, never waved through. Built by `actions.contact_*`; read by `judging` and `columns`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

CALLS = frozenset({"CALL", "AI_CALL"})
MESSAGES = frozenset({"SMS", "EMAIL", "APP", "CHAT"})
WRITTEN = MESSAGES | {"LETTER"}
CHANNELS = CALLS | WRITTEN | {"VISIT"}
PURPOSES = frozenset({"REMIND", "COLLECT", "NEGOTIATE", "LOCATE", "RELAY", "LEGAL_NOTICE", "RESPOND"})
RELATIONS = frozenset({"SELF", "GUARANTOR", "SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER"})
INITIATORS = frozenset({"COLLECTOR", "BORROWER"})
STATUSES = frozenset(
    {"DISPUTED", "CEASED", "OPTED_OUT_SMS", "OPTED_OUT_CALL", "OPTED_OUT_EMAIL", "UNREACHABLE", "DECEASED"}
    | {"INCAPACITATED", "MINOR", "BANKRUPT", "REPRESENTED", "VULNERABLE", "PLAN_ACTIVE", "HARDSHIP_REVIEW"}
    | {"BREATHING_SPACE", "RESTING", "SELF_HARM_RISK", "STAFF_SAFETY", "STOPPED"}
)
#: Who collects: the lender itself or its own staff, somebody on its behalf, who bought the debt. Laws differ by it.
COLLECTORS = frozenset({"CREDITOR", "AGENCY", "DEBT_BUYER"})
CONSENTS = frozenset({"HOURS", "VISIT_HOME", "WORKPLACE", "SMS", "EMAIL", "THIRD_PARTY"})

UNANSWERED = frozenset({"NO_ANSWER", "BUSY", "VOICEMAIL"})
CONNECTED = frozenset({"CONNECTED", "RIGHT_PARTY", "WRONG_PARTY"})
CONVERSED = frozenset({"RIGHT_PARTY", "MET"})
VISITED = frozenset({"MET", "NOT_MET", "REFUSED", "WRONG_PLACE"})
#: With these a message or letter has left.
REACHED = frozenset({"SENT", "DELIVERED", "READ", "REPLIED"})
OUTCOMES = UNANSWERED | CONNECTED | CONVERSED | VISITED | REACHED | {"FAILED"}
#: With these somebody wrote back, or was there in a chat.
ANSWERED = CONNECTED | {"REPLIED"}
#: Of any channel somebody may want nothing more, and through any it may have come to nothing.
ANYWHERE = frozenset({"REFUSED", "FAILED", "NO_ANSWER"})
#: Channel → the outcomes that it can have, in the words of other books too: a visit to the right party, a chat with it.
OUTCOMES_OF: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(CALLS, UNANSWERED | CONNECTED | ANYWHERE),
    **dict.fromkeys(WRITTEN, REACHED | ANYWHERE),
    "CHAT": REACHED | CONNECTED | ANYWHERE,
    "VISIT": VISITED | CONNECTED | ANYWHERE,
}


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """The contact to judge. The moment is not in it: it is the `at` of the judgement.

    consents  : those that hold at that moment
    collector : of COLLECTORS; whatever is not known of it lifts no rule
    """

    channel: str
    purpose: str
    relation: str
    initiated_by: str = "COLLECTOR"
    contact_point_id: str = ""
    debt_ids: tuple[str, ...] = ()
    creditor_id: str = ""
    staff_count: int = 1
    consents: frozenset[str] = frozenset()
    discloses_debt: bool = True
    collector: str = ""


@dataclass(frozen=True, slots=True)
class BorrowerFacts:
    """Whom it is about. `timezone` wins over `region`; both may be blank, and then the strictest window holds.

    status : codes of STATUSES that hold at the moment; STOPPED is the house's own stop list, for this very contact
    dpd    : days past due; None = unknown, and then no rule is lifted by it
    """

    region: str = ""
    timezone: str = ""
    status: frozenset[str] = frozenset()
    dpd: int | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact that happened, or may have happened. Whatever is unknown of it (channel, outcome, relation, contact
    point) counts as each that it might be; so do channel and outcome where the one cannot have the other."""

    at: datetime
    channel: str
    outcome: str = ""
    relation: str = "SELF"
    initiated_by: str = "COLLECTOR"
    purpose: str = ""
    contact_point_id: str = ""
    debt_ids: tuple[str, ...] = ()
    creditor_id: str = ""

    @property
    def is_at_odds(self) -> bool:
        """Has it an outcome that its channel cannot have (a call DELIVERED)? One of them is wrong: neither is known."""
        return self.outcome in OUTCOMES and self.outcome not in OUTCOMES_OF.get(self.channel, OUTCOMES)


@dataclass(frozen=True, slots=True)
class Case:
    """One contact to judge with its borrower, history and moment."""

    contact: ContactFacts
    borrower: BorrowerFacts
    history: Sequence[Touch]
    at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that speaks against the contact, with what it counted and what it allows (None where nothing counts)."""

    rule: str
    citation: str
    nature: str
    counted: int | None
    max: int | None
    text_zh: str
    text_en: str

    def as_dict(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "citation": self.citation,
            "nature": self.nature,
            "counted": self.counted,
            "max": self.max,
            "text_zh": self.text_zh,
            "text_en": self.text_en,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """allowed: no hard or presumption rule forbids. not_before: the earliest moment when none would; None = never, or
    not needed. reasons: in the fixed order of precedence; guidance appears among them without forbidding."""

    allowed: bool
    not_before: datetime | None
    reasons: tuple[Reason, ...]

    @property
    def is_advice(self) -> bool:
        """Refused by nothing but guidance, which a named role may overrule."""
        return not self.allowed and all(reason.nature == "guidance" for reason in self.reasons)
