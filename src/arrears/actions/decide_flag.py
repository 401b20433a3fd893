"""A person of the compliance desk has looked at flagged words: upheld, or not a violation.

Called by the console. The decision stands in the queue, in the audit trail and on the story of the case at once. An
answer to a complaint that was held for it may be told from then on, and what paused for the complaint goes on; upheld,
it is told to nobody, and the complaint is open again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import reveal_sealed, screen_words, work_complaint
from arrears.records.cases import operations as cases
from arrears.records.compliance import flags
from arrears.records.compliance.models import FlagStatus


@transaction.atomic
def decide_flag(*, flag_id: str, decision: str, note: str, at: datetime, actor: str) -> None:
    """Decide a flagged record.

    decision : UPHELD or DISMISSED
    note     : why, without a number or an address; it is kept in plain words
    raises   : flags.UnknownDecision, NoSuchFlag, OwnWords, UnableToDecide; reveals.ReasonMissing, ReasonHoldsIdentity
    """
    kept = reveal_sealed.noted(note)
    row = flags.decide(flag_id=flag_id, decision=decision, note=kept, at=at, actor=actor)
    if row.said == screen_words.ANSWER:
        if not reveal_sealed.is_answer_held(row.subject_id):
            work_complaint.release(row.subject_id, at=at, actor=actor)
        elif decision == FlagStatus.UPHELD:
            work_complaint.answer_anew(row.subject_id, written_at=row.at, note=kept, at=at, actor=actor)
    if row.case_id:
        data = {"flag_id": flag_id, "said": row.said}
        cases.record_event(case_id=row.case_id, kind="quality.decided", at=at, actor=actor, after=decision, data=data)
