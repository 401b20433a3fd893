"""Words that our people noted or said, held against the rules of speech: what is found wanting goes to the desk.

Called where free words about a person are put on record: the notes of calls, visits, work, placements, legal steps and
write-offs, the transcript of a call, and the answer to a complaint. A call is over and a note is written, so nothing is
held back here: it is for a person to look at. Nothing that is typed goes out of this house by itself: what does is an
approved text, which passes the screen before it is in force (`rules.lawful_texts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from arrears.actions import hear_person, words_in_force
from arrears.policies import last_good
from arrears.records.compliance import flags, stops
from arrears.records.compliance.flags import Finding
from arrears.records.matters import queries as matters
from arrears.rules import speech, templates
from arrears.rules.speech import told, transcripts, truths
from arrears.rules.speech import turns as speech_turns
from arrears.rules.speech.transcripts import Turn
from arrears.rules.speech.truths import Truths
from arrears.rules.speech.turns import AGENT, BORROWER

#: What the words are, and so what their subject is (`records.compliance.models.Said`).
NOTE, TRANSCRIPT = "NOTE", "TRANSCRIPT"
WORK, PLACEMENT, PLACEMENT_END = "WORK", "PLACEMENT", "PLACEMENT_END"
STEP, STEP_BACK, WRITE_OFF = "STEP", "STEP_BACK", "WRITE_OFF"
ANSWER = "ANSWER"
#: How the label of a notice that was not said begins.
UNSAID = "UNSAID_"
#: Outcomes after which it was somebody else who heard us.
SOMEBODY_ELSE = frozenset({"WRONG_PARTY", "WRONG_PLACE"})
#: Legal steps after which a suit, and a judgment, may truly be spoken of.
SUITS = frozenset({"SUIT_FILED", "PAYMENT_ORDER", "JUDGMENT", "ENFORCEMENT"})
JUDGMENTS = frozenset({"JUDGMENT", "ENFORCEMENT"})
#: Stops that are facts of the case to the rules of speech.
HOLDING = {
    "BANKRUPT": "bankrupt",
    "CEASED": "ceased",
    "DISPUTED": "disputed",
    "REPRESENTED": "represented",
    "SELF_HARM": "self_harm",
}


@dataclass(frozen=True)
class Words:
    """What some words are, of what, and about whom; channel, relation : of a contact alone"""

    said: str
    subject_id: str
    customer_id: str
    case_id: str
    channel: str = ""
    relation: str = ""


def of_note(note: str) -> list[Finding]:
    """What may not stand in a note about a person, the gravest first; a note is no utterance (`rules.speech.noted`)."""
    if not note.strip():
        return []
    law = truths.read({"jurisdiction": settings.LENDER_COUNTRY}).law
    found = speech.noted(note, law=law, by=words_in_force.speech().folder)
    return _merged((Turn(0, note), finding) for finding in found)


def of_transcript(text: str, *, words: Words, outcome: str, at: datetime) -> list[Finding]:
    """What is wanting in our own turns of a transcript, the gravest first; who heard it, the outcome says.

    To speak of the debt before the person is known to be the person is wanting too, and so is what was left unsaid.
    """
    who = told.THIRD if outcome in SOMEBODY_ELSE else told.who(words.relation)
    facts, turns = _facts(words, at), list(transcripts.ours(text))
    uttered = [speech.Utterance(turn.text, who=who, channel=words.channel.lower(), truths=facts) for turn in turns]
    folder = words_in_force.speech().folder
    found = list(zip(turns, speech.screen(uttered, by=folder), strict=True))
    spoken = transcripts.both(text)
    said = [speech_turns.Turn(BORROWER if is_theirs else AGENT, turn.text) for is_theirs, turn in spoken]
    early = speech.told_early(said, channel=words.channel.lower(), law=facts.law, by=folder)
    if early is not None and who != told.THIRD:
        found.append((spoken[early[0]][1], early[1]))
    unsaid = _unsaid(turns[0], said, words, facts.law, folder) if turns and who != told.THIRD else ()
    return [*_merged(found), *unsaid]


def _unsaid(first: Turn, said: Sequence[speech_turns.Turn], words: Words, law: str, folder: Path) -> Iterator[Finding]:
    """The notices that were not said, each in the place where it should have stood: our first turn."""
    missing = speech.left_unsaid(said, channel=words.channel.lower(), law=law, names=_own_names(folder), by=folder)
    for check in missing:
        place = [first.start, first.start + len(first.text)]
        yield {
            "label": f"{UNSAID}{check.code}",
            "severity": 1,
            "spans": [place],
            "rule": check.rule,
            "citation": check.citation,
        }


def _own_names(folder: Path) -> list[str]:
    """What the lender is called; none where its file cannot be read."""
    try:
        return [
            words["institution"] for words in templates.read_institution(folder / "institution.toml").words.values()
        ]
    except last_good.UNUSABLE:
        return []


def of_letter(text: str, *, words: Words, at: datetime) -> list[Finding]:
    """What is wanting in words that a person is to read, the gravest first."""
    who = told.who(words.relation)
    uttered = speech.Utterance(text, who=who, channel=words.channel.lower(), truths=_facts(words, at))
    found = speech.screen([uttered], by=words_in_force.speech().folder)
    return _merged((Turn(0, text), finding) for finding in found)


def flag_note(note: str, *, words: Words, at: datetime, actor: str, tended: str = "") -> None:
    """Judge a note and flag what is found; call it in the transaction that keeps the note.

    A danger that it tells of is acted upon at once, unless it tells of the end of the debt.
    tended : the stop of the danger that it must tell of, which is being tended
    """
    flag(of_note(note), words=words, at=at, actor=actor)
    if words.said != WRITE_OFF:
        hear_person.heed_note(note, customer_id=words.customer_id, at=at, actor=actor, tended=tended)


def flag(findings: Sequence[Finding], *, words: Words, at: datetime, actor: str) -> None:
    """Put the words in the queue when something was found; call it in the transaction that keeps them.

    actor : whose words they are
    """
    if findings:
        flags.raise_flag(
            subject_id=words.subject_id,
            case_id=words.case_id,
            customer_id=words.customer_id,
            channel=words.channel,
            said=words.said,
            findings=findings,
            at=at,
            actor=actor,
        )


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


def _facts(words: Words, at: datetime) -> Truths:
    """What the books know to be true of the case; what they do not know stays unproven."""
    steps = matters.of_case(words.case_id) if words.case_id else []
    kinds = {step.kind for step in steps if step.back_at is None}
    held = stops.active([words.customer_id], at=at).get(words.customer_id, [])
    facts: dict[str, object] = {
        "jurisdiction": settings.LENDER_COUNTRY,
        "suit_filed": bool(kinds & SUITS),
        "judgment": bool(kinds & JUDGMENTS),
    }
    facts |= {HOLDING[stop.reason]: True for stop in held if stop.reason in HOLDING}
    return truths.read(facts)
