"""What somebody complained of and what we answered, opened.

Called by `actions.reveal_sealed` and `actions.case_notes`, which keep the audit row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from arrears.records.complaints.models import Complaint
from arrears.records.privacy import cipher, words

#: What the words are.
COMPLAINT, ANSWER = "COMPLAINT", "ANSWER"


@dataclass(frozen=True)
class OpenWords:
    """The text stays out of the representation."""

    customer_id: str
    case_id: str
    about_actor: str
    text: str = field(repr=False)


def text_context(complaint_id: str) -> str:
    """The place to which what was complained of is sealed."""
    return words.context(Complaint, "text_sealed", complaint_id)


def seal_answer(complaint_id: str, text: str) -> bytes:
    """An answer as it is kept."""
    return cipher.seal(text, context=words.context(Complaint, "answer_sealed", complaint_id))


def noted(complaint_id: str, *, regulator: str, reference: str) -> dict[str, bytes | None]:
    """Which regulator has it, and under which number somebody else keeps it, as it is kept."""
    told = {"regulator_sealed": regulator, "reference_sealed": reference}
    return {column: words.seal(Complaint, column, complaint_id, text) for column, text in told.items()}


def open_words(complaint_id: str, what: str) -> OpenWords | None:
    """The complaint's own words or its answer; None when there are none."""
    row = Complaint.objects.filter(complaint_id=complaint_id).first()
    column = "text_sealed" if what == COMPLAINT else "answer_sealed"
    if row is None or getattr(row, column) is None:
        return None
    return OpenWords(row.person_id or "", row.case_id or "", row.about_actor, words.opened(row, column))
