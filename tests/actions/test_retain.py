"""The end of personal data: what is due goes, all that balances and all that is chained stays, and a hold stops it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db.models import Sum
from tests import cast, market, nights

from arrears.actions import (
    erase_person,
    house,
    retain,
    take_complaint,
    take_payment,
    verify_audit,
    wired,
    work_complaint,
)
from arrears.exchange import debts
from arrears.kernel.errors import Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit.models import Event, Words
from arrears.records.audit.written import Written
from arrears.records.cases.models import Case, WorkItem
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import Intake
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, Stranger, Transcript
from arrears.records.ledger.models import Payment, Posting
from arrears.records.matters.models import LegalStep
from arrears.records.people import queries as people
from arrears.records.people.models import ContactPoint, Person
from arrears.records.placements.models import Placement
from arrears.records.privacy import cipher, fields, words
from arrears.records.rights import holds
from arrears.records.rights.models import Correction, Erasure, SubjectRequest
from arrears.records.signin.models import Factor
from arrears.records.webhooks.models import Endpoint
from arrears.records.writeoffs.models import WriteOff
from arrears.rules.compliance import retention_terms

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
SIX_YEARS, ELEVEN_YEARS = date(2033, 1, 10), date(2038, 1, 10)


@pytest.fixture(scope="module")
def town(shared_rows, tmp_path_factory):
    """PAID has settled everything, LATE owes; both were in collection."""
    folder = tmp_path_factory.mktemp("retain")
    tape = market.Tape()
    for customer_id, number in (("PAID", 1), ("LATE", 2)):
        tape.customer(customer_id, mobile=f"1380000000{number}", name=f"真名{customer_id}")
        tape.account(f"A-{customer_id}", customer_id, first_due=DAY - timedelta(days=9), instalments=1)
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        settle("PAID")
        for n in range(1, 3):
            nights.run(DAY + timedelta(days=n))
        furnish("PAID")
        furnish("LATE")
    return folder


@pytest.fixture
def lake(town, db, settings, tmp_path):
    nights.go_on_from(town, tmp_path, settings, partitions=2)


def settle(customer_id: str) -> None:
    """Everything that is owed is paid on the day."""
    case = Case.objects.get(person_id=customer_id)
    take_payment.take_payment(
        payment_id=f"P-{customer_id}",
        account_id=f"A-{customer_id}",
        amount_minor=case.outstanding_minor,
        currency="CNY",
        paid_on=DAY,
        channel="BANK",
        as_of=DAY,
        at=nights.moment(DAY) + timedelta(hours=2),
        source="API",
        actor="test",
    )


def furnish(customer_id: str) -> None:
    """Something of every kind that the books may hold of a person."""
    case = Case.objects.filter(person_id=customer_id).get()
    point = ContactPoint.objects.get(person_id=customer_id)
    contact = Contact.objects.create(
        contact_id=f"c-{customer_id}",
        person_id=customer_id,
        case=case,
        contact_point=point,
        channel="CALL",
        purpose="COLLECT",
        status="DONE",
        as_of=DAY,
        planned_for=nights.moment(DAY),
        not_before=nights.moment(DAY),
        expires_at=nights.moment(DAY),
        sent_at=nights.moment(DAY),
        timezone="Asia/Shanghai",
        vendor_ref="rec-1",
        text_sealed=cipher.seal("一段备注", context=sealed.text_context(f"c-{customer_id}")),
    )
    Transcript.objects.create(
        contact=contact,
        text_sealed=cipher.seal("一段录音", context=sealed.transcript_context(contact.pk)),
        at=nights.moment(DAY),
        actor="user:1",
    )
    WorkItem.objects.create(
        work_id=f"w-{customer_id}",
        case=case,
        kind="LEGAL",
        status="DONE",
        due_on=DAY,
        reason="x",
        rule_number=1,
        note_sealed=words.seal(WorkItem, "note_sealed", f"w-{customer_id}", "他的妻子接的电话"),
        closed_at=nights.moment(DAY),
    )
    note_late_steps(case)
    intake = Intake(f"{customer_id}-complaint".ljust(32, "0"), customer_id, "", "PHONE", "SELF", "CONDUCT", "说话难听")
    gate, at = wired.here().gate, nights.moment(DAY)
    take_complaint.take(intake=intake, at=at, actor="user:1", gate=gate)
    work_complaint.answer(
        complaint_id=intake.complaint_id,
        turn=None,
        outcome="UPHELD",
        root_cause="OWN_STAFF",
        remedy="APOLOGY",
        text="向您道歉。",
        at=at,
        actor="user:2",
    )
    Correction.objects.create(
        correction_id=f"k-{customer_id}",
        person_id=customer_id,
        field="name",
        old_sealed=cipher.seal("旧名", context=f"rights.correction.old:k-{customer_id}"),
        at=at,
        actor="user:1",
        request_id="r",
    )
    SubjectRequest.objects.create(
        request_id=f"r-{customer_id}",
        person_id=customer_id,
        kind="ACCESS",
        intake="PHONE",
        proof="DOCUMENT",
        text_sealed=cipher.seal("想看", context=f"rights.subject_request.text:r-{customer_id}"),
        received_at=at,
        received_on=DAY,
        received_by="user:1",
        status="DONE",
        answer_due_on=DAY,
        ended_at=at,
        ended_on=DAY,
        ended_by="user:1",
    )


def note_late_steps(case: Case) -> None:
    """A placement that ended, a legal step that was taken back and a write-off that was rejected, all with notes."""

    def noted(model: type, key: str, *names: str) -> dict[str, bytes | None]:
        return {f"{name}_sealed": words.seal(model, f"{name}_sealed", key, f"{name} 提到张先生") for name in names}

    at, customer_id = nights.moment(DAY), case.person_id
    Placement.objects.create(
        placement_id=f"p-{customer_id}",
        case=case,
        agency="EXAMPLE_EAST",
        placed_on=DAY,
        amount_minor=100,
        currency="CNY",
        placed_at=at,
        placed_by="user:1",
        ended_on=DAY,
        end_reason="RECALLED",
        ended_at=at,
        ended_by="user:1",
        **noted(Placement, f"p-{customer_id}", "reference", "note", "end_note"),
    )
    LegalStep.objects.create(
        step_id=f"s-{customer_id}",
        case=case,
        kind="LAWYERS_LETTER",
        is_pending=False,
        taken_on=DAY,
        currency="CNY",
        recorded_at=at,
        recorded_by="user:1",
        back_at=at,
        back_by="user:1",
        **noted(LegalStep, f"s-{customer_id}", "body", "reference", "note", "back_reason"),
    )
    WriteOff.objects.create(
        write_off_id=f"o-{customer_id}",
        case=case,
        account_id=f"A-{customer_id}",
        status="REJECTED",
        currency="CNY",
        reason="BAD_DEBT",
        rule_number=1,
        proposed_on=DAY,
        proposed_by="night",
        decided_at=at,
        decided_by="user:1",
        **{f"{part}_minor": 1 for part in ("principal", "interest", "fee", "penalty")},
        **noted(WriteOff, f"o-{customer_id}", "note"),
    )


def apply(on: date) -> retain.Done:
    nights.approve_retention_on(on)
    return retain.apply(
        on=on, place=house.here(), gate=wired.here().gate, at=cast.NOW, actor="test", progress=nights.quiet
    )


def find(on: date) -> retain.Found:
    return retain.find(on=on, place=house.here(), gate=wired.here().gate)


def hold(customer_id: str, hold_id: str = "h" * 32, *, actor: str = "user:1") -> None:
    wanted = holds.Wanted(hold_id, customer_id, "LITIGATION", "court asks")
    holds.put(wanted, at=cast.NOW, actor=actor)


#: What they keep sealed is a partner's or a colleague's.
OF_OTHERS = {Endpoint, Factor, Stranger}  # strangers are nobody's: `strangers.forget`


def sealed_rows_of(customer_id: str) -> list[str]:
    """Every sealed column of the books that still holds something of a person."""
    left = []
    for table in fields.registered():
        if table.model in OF_OTHERS:
            continue
        names = {field.attname for field in table.model._meta.concrete_fields}
        own = [name for name in ("person_id", "customer_id") if name in names]
        path = own[0] if own else ("case__person_id" if "case_id" in names else "contact__person_id")
        for row in table.model._default_manager.filter(**{path: customer_id}).values():
            left += [f"{table.model.__name__}.{field.name}" for field in table.fields if row[field.name] is not None]
    return left


class TestDue:
    def test_nothing_is_due_before_its_day(self, lake):
        assert find(DAY + timedelta(days=300)).due == ()

    def test_each_kind_has_its_own_day_and_cites_the_rows_that_kept_it(self, lake):
        [after_two_years] = find(date(2028, 11, 30)).due
        [after_six] = find(SIX_YEARS).due
        [after_eleven] = find(ELEVEN_YEARS).due

        assert (after_two_years.customer_id, set(after_two_years.kinds)) == ("PAID", {"CONTACT_POINTS"})
        assert set(after_six.kinds) == set(retention_terms.KINDS) - {"IDENTITY", "CONSENTS"}
        assert set(after_eleven.kinds) == set(retention_terms.KINDS) - {"CONSENTS"}
        assert set(after_six.kinds["WORDS"]) == {"CN-CONSFIN24-RECORDS", "CN-CC11-68-RET", "LENDER-RETENTION-RECORDS"}

    def test_whoever_owes_is_never_due(self, lake):
        assert {one.customer_id for one in find(date(2080, 1, 1)).due} == {"PAID"}

    def test_without_a_night_nobody_knows_and_nothing_is_due(self, db, settings, tmp_path):
        settings.LAKE = tmp_path / "empty"
        with pytest.raises(debts.DebtsUnknown):
            find(SIX_YEARS)


class TestApply:
    def test_nothing_of_the_person_is_left_sealed_and_nobody_else_is_touched(self, lake):
        before = sealed_rows_of("LATE")
        assert sealed_rows_of("PAID")
        done = apply(ELEVEN_YEARS)

        assert done.people == 1
        assert done.left == {}
        assert sealed_rows_of("PAID") == []
        assert sealed_rows_of("LATE") == before
        assert people.matching("真名PAID") == set()
        assert people.matching("13800000001") == set()
        assert not ContactPoint.objects.filter(person_id="PAID").exists()
        assert Complaint.objects.get(person_id="PAID").content_mark == ""
        assert WorkItem.objects.get(pk="w-PAID").note_sealed is None
        assert people.heading(Person.objects.get(pk="PAID")).name_masked == ""

    def test_the_ledger_balances_and_the_trail_verifies(self, lake, tmp_path):
        payments, postings = list(Payment.objects.values()), list(Posting.objects.values())
        apply(ELEVEN_YEARS)

        assert list(Payment.objects.values()) == payments
        assert list(Posting.objects.values()) == postings
        assert payments
        assert Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 0
        assert verify_audit.verify(tmp_path).findings == ()

    def test_what_was_written_with_events_goes_and_its_erasure_names_it(self, lake, tmp_path):
        audit.record_written(
            Written("PAID", {"reason": "老客户打来问"}),
            "identity.revealed",
            subject="PAID",
            actor="user:1",
            at=nights.moment(DAY),
        )
        mark = Event.objects.get(kind="identity.revealed").data["words"]["reason"]
        apply(ELEVEN_YEARS)

        assert not Words.objects.filter(pk=mark).exists()
        assert mark in Event.objects.get(kind="person.erased").data["erased_words"]
        assert verify_audit.verify(tmp_path).findings == ()

    def test_words_that_somebody_took_away_by_hand_are_missed(self, lake, tmp_path):
        said = Written("LATE", {"reason": "老客户打来问"})
        at = nights.moment(DAY)
        audit.record_written(said, "identity.revealed", subject="LATE", actor="user:1", at=at)
        Words.objects.filter(customer_id="LATE").delete()
        apply(ELEVEN_YEARS)

        assert {one.kind for one in verify_audit.verify(tmp_path).findings} == {"WORDS_GONE"}

    def test_one_event_tells_how_much_and_by_which_rules_and_nothing_of_the_person(self, lake):
        apply(ELEVEN_YEARS)
        event = Event.objects.get(kind="person.erased")

        assert event.subject_id == "PAID"
        assert event.data["kinds"]["IDENTITY"] == 2
        assert "CN-AML-RET" in event.data["rules"]
        assert "真名" not in str(event.data)
        assert Erasure.objects.get().kinds == event.data["kinds"]

    def test_a_second_run_deletes_nothing_more(self, lake):
        apply(ELEVEN_YEARS)
        again = apply(ELEVEN_YEARS)

        assert (again.people, again.kinds) == (0, {})
        assert Event.objects.filter(kind="person.erased").count() == 1

    def test_killed_half_way_nothing_is_half_done_and_the_next_run_goes_on(self, lake, monkeypatch):
        before = sealed_rows_of("PAID")

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(erase_person.audit, "record", dies)
            with pytest.raises(KeyboardInterrupt):
                apply(ELEVEN_YEARS)
        assert sealed_rows_of("PAID") == before
        assert apply(ELEVEN_YEARS).people == 1

    def test_what_is_on_its_way_or_open_is_waited_for(self, lake):
        SubjectRequest.objects.filter(pk="r-PAID").update(
            status="RECEIVED", due_on=DAY, ended_at=None, ended_on=None, ended_by=""
        )
        done = apply(ELEVEN_YEARS)

        assert done.left == {"PAID": "something_is_open"}
        assert sealed_rows_of("PAID")


class TestTape:
    def tape(self, *accounts: tuple[str, date]) -> market.Tape:
        tape = market.Tape()
        tape.customer("PAID", mobile="13800000001", name="真名PAID")
        tape.account("A-PAID", "PAID", first_due=DAY - timedelta(days=9), instalments=1)
        for account_id, first_due in accounts:
            tape.account(account_id, "PAID", first_due=first_due)
        return tape

    def test_a_tape_that_still_tells_of_them_brings_nobody_back(self, lake, tmp_path):
        apply(ELEVEN_YEARS)
        taken = nights.take(self.tape(), tmp_path, DAY + timedelta(days=3))

        assert taken.report["vault"]["people_gone"] == 1
        assert [name for name in sealed_rows_of("PAID") if "Correction" not in name] == []

    def test_points_that_went_first_stay_away_too(self, lake, tmp_path):
        apply(date(2028, 11, 30))
        nights.take(self.tape(), tmp_path, DAY + timedelta(days=3))

        assert not ContactPoint.objects.filter(person_id="PAID").exists()
        assert Person.objects.get(pk="PAID").name_sealed

    def test_who_borrows_again_is_a_customer_again(self, lake, tmp_path):
        apply(ELEVEN_YEARS)
        Person.objects.filter(pk="PAID").update(erased_on=DAY, points_erased_on=DAY)
        nights.take(self.tape(("A-NEW", DAY + timedelta(days=33))), tmp_path, DAY + timedelta(days=3))

        assert people.matching("真名PAID") == {"PAID"}
        assert people.matching("13800000001") == {"PAID"}


class TestHold:
    def test_it_stops_every_deletion_and_is_told(self, lake):
        hold("PAID")
        assert find(ELEVEN_YEARS).held == ("PAID",)
        assert apply(ELEVEN_YEARS).people == 0
        assert sealed_rows_of("PAID")

    def test_one_that_comes_between_finding_and_deleting_stops_it_too(self, lake):
        hold("PAID")
        with pytest.raises(holds.UnderLegalHold):
            erase_person.erase(
                customer_id="PAID", kinds=["WORDS"], rules=[], on=ELEVEN_YEARS, at=cast.NOW, actor="test"
            )

    def test_two_people_lift_it(self, lake):
        hold("PAID")
        holds.ask(hold_id="h" * 32, note="judgment is final", at=cast.NOW, actor="user:1")
        with pytest.raises(holds.LiftedBySamePerson):
            holds.lift(hold_id="h" * 32, at=cast.NOW, actor="user:1")
        assert find(ELEVEN_YEARS).held == ("PAID",)
        holds.lift(hold_id="h" * 32, at=cast.NOW, actor="user:2")

        assert apply(ELEVEN_YEARS).people == 1
        assert set(Event.objects.filter(kind__startswith="hold.").values_list("kind", flat=True)) == {
            "hold.set",
            "hold.lift_asked",
            "hold.lifted",
        }

    def test_it_is_lifted_only_after_somebody_asked(self, lake):
        hold("PAID")
        with pytest.raises(Refusal, match="not possible"):
            holds.lift(hold_id="h" * 32, at=cast.NOW, actor="user:2")

    def test_the_second_click_sets_no_second_one(self, lake):
        hold("PAID")
        hold("PAID")
        with pytest.raises(holds.HoldDiffers):
            hold("LATE")
        assert Event.objects.filter(kind="hold.set").count() == 1


def test_every_sealed_column_of_a_person_is_deleted_by_somebody():
    """What is registered nowhere would stay for ever."""
    covered = set()
    for eraser in erase_person.ERASERS:
        model = eraser.rows().model
        names = set(eraser.blank) or {field.name for field in model._meta.concrete_fields}
        covered |= {(model, name) for name in names}
    sealed = {(table.model, field.name) for table in fields.registered() for field in table.fields}

    assert {one for one in sealed - covered if one[0] not in OF_OTHERS} == set()


def test_every_free_note_is_deleted_by_somebody():
    covered = {(eraser.rows().model, name) for eraser in erase_person.ERASERS for name in eraser.blank}
    whole = {eraser.rows().model for eraser in erase_person.ERASERS if not eraser.blank}
    notes = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if "note" in field.name.split("_") and model not in whole
    }
    assert notes - covered == set()
