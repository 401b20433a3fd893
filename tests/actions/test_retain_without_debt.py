"""Whoever never borrowed, and complaints of nobody known: no debt starts their clock, and yet it runs and ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import house, retain, retain_nightly, take_complaint, verify_audit, wired, work_complaint
from arrears.records.audit.models import Event, Words
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import Intake
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint, Person
from arrears.records.rights.models import SubjectRequest
from arrears.rules.compliance import retention_terms

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
AT = nights.moment(DAY)
NOBODYS, OTHER = "a" * 32, "b" * 32


@pytest.fixture(scope="module")
def town(shared_rows, tmp_path_factory):
    """NEW never had an account; LATE owes."""
    folder = tmp_path_factory.mktemp("without")
    tape = market.Tape()
    tape.customer("NEW", mobile="13800000001", name="真名NEW")
    tape.customer("LATE", mobile="13800000002", name="真名LATE")
    tape.account("A-LATE", "LATE", first_due=DAY - timedelta(days=9), instalments=1)
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
    return folder


@pytest.fixture
def lake(town, db, settings, tmp_path):
    nights.go_on_from(town, tmp_path, settings, partitions=2)


def find(on: date) -> retain.Found:
    return retain.find(on=on, place=house.here(), gate=wired.here().gate)


def apply(on: date) -> retain.Done:
    nights.approve_retention_on(on)
    gate, at = wired.here().gate, nights.moment(on)
    return retain.apply(on=on, place=house.here(), gate=gate, at=at, actor="test", progress=nights.quiet)


def complain(complaint_id: str, customer_id: str = "") -> None:
    intake = Intake(complaint_id, customer_id, "", "WRITTEN", "THIRD_PARTY", "CONDUCT", "你们打错了，我是王小明")
    take_complaint.take(intake=intake, at=AT, actor="user:1", gate=wired.here().gate)


def answer(complaint_id: str, *, on: date) -> None:
    how = {"outcome": "UPHELD", "root_cause": "DATA", "remedy": "APOLOGY", "text": "王小明您好，向您道歉。"}
    work_complaint.answer(complaint_id=complaint_id, turn=None, at=nights.moment(on), actor="user:2", **how)


class TestNeverBorrowed:
    def test_the_years_run_from_the_tape_that_first_told_of_them(self, lake):
        assert find(date(2027, 11, 23)).due == ()
        [points] = find(date(2027, 11, 24)).due
        [all_of_it] = find(date(2036, 11, 24)).due

        assert (points.customer_id, set(points.kinds)) == ("NEW", {"CONTACT_POINTS"})
        assert set(all_of_it.kinds) == {"CONTACT_POINTS", "IDENTITY"}
        assert find(DAY).undated == 0
        assert find(DAY).next_on == date(2027, 11, 24)

    def test_while_an_account_of_nobody_known_may_be_theirs_nothing_falls_due(self, lake, tmp_path):
        tape = market.Tape()
        tape.customer("NEW", mobile="13800000001", name="真名NEW")
        tape.account("13800000009", "NEW", first_due=DAY - timedelta(days=9), instalments=1)
        nights.take(tape, tmp_path / "tape", DAY + timedelta(days=1))
        nights.run(DAY + timedelta(days=1))

        assert find(date(2036, 11, 24)).due == ()
        assert find(DAY).undated == 1

    def test_a_page_of_theirs_tells_the_same_days(self, lake):
        terms = retain.terms_of("NEW", on=DAY, place=house.here(), gate=wired.here().gate)
        days = {kind: retention_terms.until(found) for kind, found in terms.items()}
        assert (days["CONTACT_POINTS"], days["IDENTITY"]) == (date(2027, 11, 23), date(2036, 11, 23))

    def test_it_is_deleted_then(self, lake, tmp_path):
        done = apply(date(2036, 11, 24))
        assert (done.people, done.left) == (1, {})
        assert not ContactPoint.objects.filter(person_id="NEW").exists()
        assert Person.objects.get(pk="NEW").name_sealed is None
        assert Person.objects.get(pk="LATE").name_sealed
        assert verify_audit.verify(tmp_path).findings == ()

    @pytest.mark.parametrize("how", ["contact", "complaint", "request"])
    def test_whatever_they_had_to_do_with_us_later_begins_it_anew(self, lake, how):
        later = DAY + timedelta(days=200)
        if how == "contact":
            moments = dict.fromkeys(("planned_for", "not_before", "expires_at", "sent_at"), nights.moment(later))
            about = {"channel": "CALL", "purpose": "COLLECT", "status": "DONE", "as_of": later}
            Contact.objects.create(contact_id="c", person_id="NEW", timezone="Asia/Shanghai", **about, **moments)
        elif how == "complaint":
            complain(OTHER, "NEW")
            answer(OTHER, on=later)
        else:
            about = {"kind": "ACCESS", "intake": "PHONE", "proof": "DOCUMENT", "received_by": "user:1"}
            about |= {"received_at": AT, "received_on": DAY, "answer_due_on": DAY, "status": "DONE"}
            ended = {"ended_at": nights.moment(later), "ended_on": later, "ended_by": "user:1"}
            SubjectRequest.objects.create(request_id="r", person_id="NEW", **about, **ended)

        assert find(date(2028, 6, 11)).due == ()
        assert {one.customer_id for one in find(date(2028, 6, 12)).due} == {"NEW"}

    def test_of_whom_nothing_is_known_that_is_counted(self, lake):
        Person.objects.filter(pk="NEW").update(told_on=None)
        found = find(date(2080, 1, 1))
        assert (found.due, found.undated) == ((), 1)


class TestComplaintsOfNobody:
    def test_its_words_go_when_it_was_kept_as_long_as_complaints_are(self, lake, tmp_path):
        complain(NOBODYS)
        work_complaint.acknowledge(complaint_id=NOBODYS, turn=None, at=AT, actor="user:2")
        work_complaint.extend(
            complaint_id=NOBODYS, turn=None, note="王小明的同事", at=AT, actor="user:2", gate=wired.here().gate
        )
        answer(NOBODYS, on=DAY)
        assert Words.objects.exists()

        assert find(date(2031, 11, 23)).complaints == ()
        assert [one.complaint_id for one in find(date(2031, 11, 24)).complaints] == [NOBODYS]
        done = apply(date(2031, 11, 24))

        row = Complaint.objects.get()
        assert done.complaints == 1
        assert (row.text_sealed, row.answer_sealed, row.content_mark) == (None, None, "")
        assert (row.kind, row.outcome, row.status) == ("CONDUCT", "UPHELD", "ANSWERED")
        assert not Words.objects.exists()
        assert Event.objects.get(kind="complaint.erased").data["rules"] == ["LENDER-RETENTION-RECORDS"]
        assert verify_audit.verify(tmp_path).findings == ()
        assert apply(date(2031, 11, 24)).complaints == 0

    def test_one_that_is_open_or_has_a_person_stays(self, lake):
        complain(NOBODYS)
        complain(OTHER, "LATE")
        answer(OTHER, on=DAY)
        assert find(date(2080, 1, 1)).complaints == ()

    def test_one_whose_person_was_found_out_meanwhile_stays(self, lake):
        complain(NOBODYS)
        answer(NOBODYS, on=DAY)
        found = find(date(2031, 11, 24)).complaints
        Complaint.objects.update(person_id="LATE")
        when = {"on": date(2031, 11, 24), "at": AT, "actor": "test"}
        assert retain.delete((), found, progress=nights.quiet, **when).complaints == 0
        assert Complaint.objects.get().text_sealed

    def test_a_night_looks_on_its_day_and_deletes_it(self, lake):
        complain(NOBODYS)
        answer(NOBODYS, on=DAY)
        Person.objects.update(told_on=DAY + timedelta(days=9_000))
        nights.approve_retention_on(DAY)
        assert find(DAY).next_on == date(2031, 11, 24)
        on = date(2031, 11, 24)
        told = retain_nightly.apply(
            on=on, place=house.here(), gate=wired.here().gate, at=nights.moment(on), actor="night"
        )
        assert told["state"] == "LOOKED"
        assert Complaint.objects.get().text_sealed is None
