"""Words that our people noted or said, held against the rules of speech: what is found wanting goes to the desk.

Called where free words about a borrower are put on record: the note of a call or visit, and the transcript of a call.
No typed text goes out of this house (every message is an approved template), so nothing is held back here: it is for a
person to look at. A screen that cannot be read never loses the record: its words are flagged as not screened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from arrears.actions import house
from arrears.records.compliance import flags, stops
from arrears.records.compliance.flags import Finding
from arrears.records.matters import queries as matters
from arrears.rules import speech
from arrears.rules.speech import told, transcripts, truths
from arrears.rules.speech.transcripts import Turn
from arrears.rules.speech.truths import Truths

NOTE, TRANSCRIPT = "NOTE", "TRANSCRIPT"
#: What is said of words that could not be screened.
UNSCREENED = "UNSCREENED"
GRAVEST = 3
#: Outcomes after which it was somebody else who heard us.
SOMEBODY_ELSE = frozenset({"WRONG_PARTY", "WRONG_PLACE"})
#: Legal steps after which a suit, and a judgment, may truly be spoken of.
SUITS = frozenset({"SUIT_FILED", "PAYMENT_ORDER", "JUDGMENT", "ENFORCEMENT"})
JUDGMENTS = frozenset({"JUDGMENT", "ENFORCEMENT"})
#: Stops that are facts of the case to the rules of speech.
HOLDING = {"CEASED": "ceased", "DISPUTED": "disputed", "REPRESENTED": "represented"}


@dataclass(frozen=True)
class Heard:
    """Of which contact the words are, and whose number or address it was."""

    contact_id: str
    customer_id: str
    case_id: str
    channel: str
    relation: str


def of_note(note: str, *, heard: Heard, at: datetime) -> list[Finding]:
    """What is wanting in a note of a call or visit, the gravest first.

    It is judged as said to whoever the number belongs to, whoever answered: a note tells of the debt to nobody.
    """
    return _found([Turn(0, note)], told.who(heard.relation), heard, at) if note.strip() else []


def of_transcript(text: str, *, heard: Heard, outcome: str, at: datetime) -> list[Finding]:
    """What is wanting in our own turns of a transcript, the gravest first; who heard it, the outcome says."""
    who = told.THIRD if outcome in SOMEBODY_ELSE else told.who(heard.relation)
    return _found(list(transcripts.ours(text)), who, heard, at)


def flag(findings: Sequence[Finding], *, heard: Heard, said: str, at: datetime, actor: str) -> None:
    """Put the words in the queue when something was found; call it in the transaction that keeps them.

    said  : NOTE or TRANSCRIPT
    actor : whose words they are
    """
    if findings:
        flags.raise_flag(
            contact_id=heard.contact_id,
            case_id=heard.case_id,
            customer_id=heard.customer_id,
            channel=heard.channel,
            said=said,
            findings=findings,
            at=at,
            actor=actor,
        )


def _found(turns: Sequence[Turn], who: str, heard: Heard, at: datetime) -> list[Finding]:
    facts = _facts(heard, at)
    uttered = [speech.Utterance(turn.text, who=who, channel=heard.channel.lower(), truths=facts) for turn in turns]
    try:
        found = speech.screen(uttered, by=house.policies_in_force())
    except speech.UNREADABLE:
        return [{"label": UNSCREENED, "severity": GRAVEST, "spans": [], "rule": ""}]
    return _merged(zip(turns, found, strict=True))


def _merged(judged: Iterable[tuple[Turn, speech.Finding]]) -> list[Finding]:
    """One finding a label, with all its places in the whole."""
    merged: dict[str, Finding] = {}
    for turn, finding in judged:
        if not finding.violation:
            continue
        places = [[turn.start + start, turn.start + end] for start, end in finding.spans]
        if not places:
            places = [[turn.start, turn.start + len(turn.text)]]
        row = {"label": finding.label, "severity": finding.severity, "spans": [], "rule": finding.rule}
        merged.setdefault(finding.label, row)["spans"].extend(places)
    return sorted(merged.values(), key=lambda row: (-row["severity"], row["label"]))


def _facts(heard: Heard, at: datetime) -> Truths:
    """What the books know to be true of the case; what they do not know stays unproven."""
    kinds = {step.kind for step in matters.of_case(heard.case_id)} if heard.case_id else set()
    held = stops.active([heard.customer_id], at=at).get(heard.customer_id, [])
    facts: dict[str, object] = {
        "jurisdiction": settings.LENDER_COUNTRY,
        "suit_filed": bool(kinds & SUITS),
        "judgment": bool(kinds & JUDGMENTS),
    }
    facts |= {HOLDING[stop.reason]: True for stop in held if stop.reason in HOLDING}
    return truths.read(facts)
