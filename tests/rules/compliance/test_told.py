"""A contact told from outside: what is missing, mistyped or impossible is refused by verdict, and never allows more."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from tests.rules.compliance.test_columns import random_case

from arrears.rules.compliance import facts, told

LINE: dict[str, Any] = {
    "id": "x1",
    "contact": {
        "at": "2026-11-23T09:30:00+08:00",
        "channel": "CALL",
        "initiated_by": "COLLECTOR",
        "purpose": "COLLECT",
        "relation": "SELF",
        "person_id": "p1",
        "contact_point_id": "c1",
        "debt_ids": ["d1"],
        "creditor_id": "k1",
        "discloses_debt": False,
        "staff_count": 2,
        "consents": ["HOURS"],
    },
    "borrower": {"region": "CN-31", "timezone": "Asia/Shanghai", "dpd": 12, "status": ["DISPUTED"]},
    "history": [{"at": "2026-11-23T08:10:00+08:00", "channel": "CALL", "outcome": "NO_ANSWER"}],
}


def read(**changes: Any) -> told.Told:
    line = copy.deepcopy(LINE)
    for path, value in changes.items():
        place = line
        *parents, last = path.split("__")
        for parent in parents:
            place = place[parent]
        place[last] = value
    return told.read(json.dumps(line).encode())


def rules(one: told.Told) -> list[str]:
    return [reason.rule for reason in one.reasons]


def test_every_fact_of_a_line_reaches_the_gate() -> None:
    case = read().case
    assert case is not None
    assert (case.contact.channel, case.contact.staff_count, case.contact.discloses_debt) == ("CALL", 2, False)
    assert (case.contact.debt_ids, case.contact.consents) == (("d1",), frozenset({"HOURS"}))
    assert (case.borrower.dpd, case.borrower.status) == (12, frozenset({"DISPUTED"}))
    assert [(touch.channel, touch.outcome) for touch in case.history] == [("CALL", "NO_ANSWER")]


@pytest.mark.parametrize(
    "at", [None, 7, "", "yesterday", "2026-11-23T09:30:00", "2026-13-45T00:00:00+08:00", "0001-01-01T00:00:00+08:00"]
)
def test_a_moment_that_cannot_be_is_refused(at: object) -> None:
    one = read(contact__at=at)
    assert (rules(one), one.refusal.allowed) == (["GATE-UNKNOWN-MOMENT"], False)


@pytest.mark.parametrize("history", [None, {}, "none", [7], [{}], [{"at": "2026-11-23T08:10:00"}]])
def test_a_past_that_is_not_told_is_not_an_empty_one(history: object) -> None:
    assert rules(read(history=history)) == ["GATE-UNKNOWN-HISTORY"]


def test_statuses_that_are_not_told_are_not_none() -> None:
    assert rules(read(borrower__status=None)) == ["GATE-UNKNOWN-STATUS"]
    assert rules(read(borrower={"region": "CN-31"})) == ["GATE-UNKNOWN-STATUS"]


def test_what_is_of_the_wrong_type_allows_nothing_more() -> None:
    case = read(
        contact__staff_count="2",
        contact__consents="HOURS",
        contact__discloses_debt="no",
        contact__debt_ids="d1",
        contact__channel=["CALL"],
        borrower__dpd=True,
        borrower__timezone=8,
    ).case
    assert case is not None
    assert (case.contact.staff_count, case.contact.consents, case.contact.discloses_debt) == (0, frozenset(), True)
    assert (case.contact.debt_ids, case.contact.channel) == ((), "")
    assert (case.borrower.dpd, case.borrower.timezone) == (None, "?")


@pytest.mark.parametrize(("zone", "known"), [(None, ""), ("", ""), (8, "?"), (True, "?"), ([], "?"), ("x" * 999, "?")])
def test_a_zone_that_was_told_and_cannot_be_is_not_one_left_out(zone: object, known: str) -> None:
    case = read(borrower__timezone=zone).case
    assert case is not None
    assert case.borrower.timezone == known


@pytest.mark.parametrize("who", ["agency", "ROBOT", ["AGENCY"], 7, True, "AGENCY" * 999])
def test_who_collects_and_is_mistyped_is_not_one_left_out(who: object) -> None:
    """A rule on agencies alone, where they are told of, would pass by an agency that cannot be read."""
    case = read(contact__collector=who).case
    assert case is not None
    assert case.contact.collector not in {"", *facts.COLLECTORS}


@pytest.mark.parametrize("who", [None, ""])
def test_who_collects_need_not_be_told(who: object) -> None:
    case = read(contact__collector=who).case
    assert case is not None
    assert case.contact.collector == ""


def test_more_debts_than_anybody_has_are_none_that_we_know() -> None:
    for debts, kept in ((told.DEBTS_MAX, told.DEBTS_MAX), (told.DEBTS_MAX + 1, 0)):
        case = read(contact__debt_ids=[f"d{number}" for number in range(debts)]).case
        assert case is not None
        assert len(case.contact.debt_ids) == kept


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b"null",
        b"\xff\xfe{",
        b'{"id": NaN}',
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
        "﻿{".encode(),
        b'{"id": 1, "id": 2}',
        json.dumps(LINE).replace('"channel": "CALL", "ini', '"channel": "VISIT", "channel": "CALL", "ini').encode(),
        json.dumps(LINE).replace('"outcome": ', '"outcome": "CONNECTED", "outcome": ').encode(),
    ],
)
def test_a_line_that_cannot_be_read_is_refused(line: bytes) -> None:
    assert rules(told.read(line)) == ["GATE-UNKNOWN-LINE"]


def test_a_word_as_long_as_a_book_is_no_word() -> None:
    case = read(contact__channel="CALL" * 100_000).case
    assert case is not None
    assert case.contact.channel == ""


@pytest.mark.parametrize("seed", range(20))
def test_a_case_written_as_a_line_is_read_as_the_same_case(seed: int) -> None:
    for case in map(random_case, [Random(seed)] * 50):
        written = told.line(case, since="2026-01-01", overruled=["R1"])
        assert "\n" not in written
        assert told.read(written.encode()).case == case


@pytest.mark.parametrize(
    ("consent", "holds"),
    [
        ("HOURS", True),
        ({"consent": "HOURS", "given_at": "2026-11-23T09:30:00+08:00"}, True),
        ({"consent": "HOURS", "given_at": "2026-11-23T09:30:01+08:00"}, False),
        ({"consent": "HOURS", "given_at": "2026-11-01T00:00:00"}, False),
        ({"consent": "HOURS"}, False),
        ({"given_at": "2026-11-01T00:00:00+08:00"}, False),
        ({"consent": "HOURS", "given_at": "2026-11-01T00:00:00Z", "revoked_at": "2026-11-20T00:00:00Z"}, False),
        ({"consent": "HOURS", "given_at": "2026-11-01T00:00:00Z", "revoked_at": "2026-12-20T00:00:00Z"}, True),
        ({"consent": "HOURS", "given_at": "2026-11-01T00:00:00Z", "revoked_at": "some day"}, False),
        ({"consent": "HOURS", "given_at": "2026-11-01T00:00:00Z", "revoked_at": None}, True),
        (["HOURS"], False),
        (7, False),
    ],
)
def test_a_consent_holds_from_when_it_was_given_until_it_is_taken_back(consent: object, holds: bool) -> None:
    case = read(contact__consents=[consent]).case
    assert case is not None
    assert ("HOURS" in case.contact.consents) is holds


GIVEN = {"consent": "HOURS", "given_at": "2026-11-10T00:00:00Z"}
EARLIER = {"consent": "HOURS", "given_at": "2026-11-01T00:00:00Z"}
BACK = {**EARLIER, "revoked_at": "2026-11-05T00:00:00Z"}
LATER_BACK = {**EARLIER, "revoked_at": "2026-11-20T00:00:00Z"}
TO_COME = {"consent": "HOURS", "given_at": "2026-12-01T00:00:00Z"}
UNREAD_BACK = {**EARLIER, "revoked_at": "some day"}
UNREAD = {"consent": "HOURS", "given_at": "some day"}


@pytest.mark.parametrize(
    ("consents", "holds"),
    [
        (["HOURS", BACK], False),
        (["HOURS", LATER_BACK], False),
        (["HOURS", TO_COME], False),
        (["HOURS", UNREAD], False),
        (["HOURS", UNREAD_BACK], False),
        (["HOURS", GIVEN], True),
        (["HOURS", "HOURS"], True),
        (["HOURS", {**BACK, "consent": "VISIT_HOME"}], True),
        ([GIVEN, BACK], True),
        ([GIVEN, EARLIER], True),
        ([GIVEN, TO_COME], True),
        ([GIVEN, UNREAD], True),
        ([GIVEN, LATER_BACK], False),
        ([GIVEN, UNREAD_BACK], False),
        ([EARLIER, {**EARLIER, "revoked_at": EARLIER["given_at"]}], False),
        ([EARLIER, {**GIVEN, "revoked_at": EARLIER["given_at"]}], False),
    ],
)
def test_of_a_consent_told_of_more_than_once_the_last_word_counts(consents: list[Any], holds: bool) -> None:
    for order in (consents, consents[::-1]):
        case = read(contact__consents=order).case
        assert case is not None
        assert ("HOURS" in case.contact.consents) is holds
