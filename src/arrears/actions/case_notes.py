"""The notes on the page of a case: of work, placements, legal steps, write-offs, as `reveal_sealed` opens them.

Whoever sees the page reads them there. The desk that checks our words opens them by the same road as everything that is
sealed, so that each look is on record; the answer to a complaint goes by it too. A note of a write-off is of the newest
decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from arrears.actions import screen_words
from arrears.records.cases import work
from arrears.records.complaints import sealed as complaints
from arrears.records.contacts.sealed import OpenWords
from arrears.records.matters import queries as matters
from arrears.records.placements import queries as placements
from arrears.records.writeoffs import queries as writeoffs


def _work(subject_id: str, case_id: str) -> str:
    return work.note_of(subject_id, case_id=case_id)


def _placement(subject_id: str, case_id: str) -> str:
    return next((one.note for one in placements.of_case(case_id) if one.placement_id == subject_id), "")


def _placement_end(subject_id: str, case_id: str) -> str:
    return next((one.end_note for one in placements.of_case(case_id) if one.placement_id == subject_id), "")


def _step(subject_id: str, case_id: str) -> str:
    return next((one.note for one in matters.of_case(case_id) if one.step_id == subject_id), "")


def _step_back(subject_id: str, case_id: str) -> str:
    return next((one.back_reason for one in matters.of_case(case_id) if one.step_id == subject_id), "")


def _write_off(subject_id: str, case_id: str) -> str:
    return next((one.note for one in writeoffs.of_case(case_id) if one.write_off_id == subject_id), "")


def _open(read: Callable[[str, str], str], subject_id: str, *, customer_id: str, case_id: str) -> OpenWords | None:
    text = read(subject_id, case_id)
    return OpenWords("NOTE", "", text) if text else None


def _answer(complaint_id: str, *, customer_id: str, case_id: str) -> OpenWords | None:
    """The answer to a complaint, which is sealed, for whoever checks our words."""
    words = complaints.open_words(complaint_id, complaints.ANSWER)
    if words is None or (words.customer_id, words.case_id) != (customer_id, case_id):
        return None
    return OpenWords("ANSWER", "", words.text)


#: What a note is → what opens it.
OPENERS: Mapping[str, Callable[..., OpenWords | None]] = {
    screen_words.WORK: partial(_open, _work),
    screen_words.PLACEMENT: partial(_open, _placement),
    screen_words.PLACEMENT_END: partial(_open, _placement_end),
    screen_words.STEP: partial(_open, _step),
    screen_words.STEP_BACK: partial(_open, _step_back),
    screen_words.WRITE_OFF: partial(_open, _write_off),
    screen_words.ANSWER: _answer,
}
