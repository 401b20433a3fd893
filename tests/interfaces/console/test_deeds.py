"""What people do from the console, on a debt that a real tape and a real night brought: pay, call, stop, write off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests import market, nights
from tests.interfaces.console.conftest import DAY, signed_in
from tests.interfaces.console.late import test_legal_steps, test_placements

from arrears.actions import reverse_payment
from arrears.records.apikeys import operations as apikeys
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact
from arrears.records.ledger.models import Payment
from arrears.records.matters.models import LegalStep
from arrears.records.people.models import ContactPoint
from arrears.records.placements.models import Placement
from arrears.records.privacy import words
from arrears.records.promises.models import Promise
from arrears.records.staff.models import User
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

PAYMENT_ID = re.compile(r'name="payment_id" value="(console-[0-9a-f]{32})"')


def pay(client: Client, case: Case, **changes: str):
    page = client.get(f"/cases/{case.pk}/").content.decode()
    form = {
        "payment_id": PAYMENT_ID.search(page)[1],
        "account_id": "A1",
        "amount": "50.00",
        "channel": "BANK_TRANSFER",
        "paid_on": str(DAY),
    }
    form |= changes
    return client.post(f"/cases/{case.pk}/payments/", form, follow=True), form


class TestPayment:
    def test_it_shows_at_once_and_lets_the_case_go_when_all_is_paid(self, late):
        client = signed_in("AGENT")
        owed = f"{late.overdue_minor / 100:.2f}"
        answer, _ = pay(client, late, amount=owed)

        late.refresh_from_db()
        assert (late.status, late.close_reason) == ("CLOSED", "CURED")
        page = answer.content.decode()
        assert "the case is closed" in page
        assert f"Payment received: {owed} CNY" in page
        assert "its text would state an amount no longer owed" in page.partition("Timeline")[2]
        assert not Contact.objects.filter(person_id="C1", status="PLANNED").exists()

    def test_a_second_click_posts_nothing_twice(self, late):
        client = signed_in("AGENT")
        _, form = pay(client, late)
        again = client.post(f"/cases/{late.pk}/payments/", form, follow=True)

        assert Payment.objects.count() == 1
        assert "nothing was posted twice" in again.content.decode()

    def test_its_id_stands_in_the_story_and_finds_the_case(self, late):
        client = signed_in("AGENT")
        answer, form = pay(client, late)
        found = client.post("/cases/search/", {"q": form["payment_id"]}, follow=True).content.decode()

        assert f"Payment id {form['payment_id']}" in answer.content.decode()
        assert f"/cases/{late.pk}/" in found
        assert f"/cases/{late.pk}/" not in client.post("/cases/search/", {"q": "none"}, follow=True).content.decode()

    def test_a_payment_that_only_the_tape_told_finds_its_case_too(self, late, tmp_path):
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
        tape.payment("BANK-77", "A1", DAY, "1.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=1))
        client = signed_in("AGENT")

        assert f"/cases/{late.pk}/" in client.post("/cases/search/", {"q": "BANK-77"}, follow=True).content.decode()
        assert f"/cases/{late.pk}/" not in client.post("/cases/search/", {"q": "BANK-7"}, follow=True).content.decode()

    def test_which_payment_settled_which_instalment_is_on_the_page(self, late):
        client = signed_in("AGENT")
        answer, form = pay(client, late)
        table = answer.content.decode().partition("Settled by")[2].partition("</table>")[0]

        assert form["payment_id"] in table
        assert "50.00" in table

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": "-1"},
            {"amount": "0"},
            {"amount": "1.234"},
            {"amount": "ten"},
            {"amount": "NaN"},
            {"account_id": "A2"},
            {"amount": "1e30"},
            {"amount": "1e2"},
            {"amount": "１００"},
            {"amount": "1,000"},
            {"amount": "10,00"},
            {"amount": "1,0000.00"},
            {"amount": ",100.00"},
            {"amount": "01,000.00"},
            {"amount": "1.000,00"},
            {"amount": "1，000.00"},
            {"paid_on": "2027-01-01"},
            {"paid_on": "9999-12-31"},
            {"paid_on": "0001-01-01"},
            {"paid_on": "soon"},
            {"channel": "BRIBE"},
            {"payment_id": "x"},
            {"reference": "R" * 65},
            {"reference": "R\t1"},
        ],
        ids=str,
    )
    def test_what_is_wrong_is_told_and_changes_nothing(self, late, wrong):
        answer, _ = pay(signed_in("AGENT"), late, **wrong)
        assert answer.status_code == 200

        assert "alert-danger" in answer.content.decode()
        assert not Payment.objects.exists()

    def test_it_has_the_name_that_the_bank_gave_it(self, late):
        pay(signed_in("AGENT"), late, reference=" BANK-777 ")
        assert Payment.objects.get().payment_id == "BANK-777"

    def test_whose_arrears_have_just_been_paid_is_not_called(self, late):
        """The page of the case was opened before the payment came in."""
        client = signed_in("AGENT")
        point = ContactPoint.objects.get(person_id="C1")
        pay(client, late, amount=f"{late.overdue_minor / 100:.2f}")

        answer = client.post(f"/cases/{late.pk}/calls/", {"contact_point_id": point.pk}, follow=True)
        page = answer.content.decode()
        assert "nobody is called or visited for it" in page
        assert "13800" not in page
        assert not Contact.objects.filter(channel="CALL").exists()

    def test_what_was_typed_comes_back_with_the_refusal(self, late):
        answer, form = pay(signed_in("AGENT"), late, amount="12.345", channel="COUNTER", paid_on=str(DAY))
        page = answer.content.decode()

        assert "more decimals than its currency" in page
        assert 'value="12.345"' in page
        assert '<option value="COUNTER" selected>' in page
        assert f'value="{DAY}"' in page
        assert form["payment_id"] in page

    def test_more_than_is_owed_is_asked_about_and_taken_only_as_asked(self, late):
        client = signed_in("AGENT")
        answer, form = pay(client, late, amount="99999.99")
        page = answer.content.decode()
        assert "This is more than is owed" in page
        assert not Payment.objects.exists()

        meant = ANSWER["meant"].search(page)[1]
        changed = client.post(f"/cases/{late.pk}/payments/", form | {"meant": meant, "amount": "88888.88"}, follow=True)
        assert "This is more than is owed" in changed.content.decode()
        assert not Payment.objects.exists()

        taken = client.post(f"/cases/{late.pk}/payments/", form | {"meant": meant}, follow=True)
        assert Payment.objects.get().amount_minor == 9_999_999
        assert "the case is closed" in taken.content.decode()
        again = client.post(f"/cases/{late.pk}/payments/", form, follow=True)
        assert "nothing was posted twice" in again.content.decode()

    def test_an_amount_is_read_as_the_page_shows_it(self, late):
        client = signed_in("AGENT")
        answer, form = pay(client, late, amount="1,420.83")
        meant = ANSWER["meant"].search(answer.content.decode())[1]
        assert client.post(f"/cases/{late.pk}/payments/", form | {"meant": meant}).status_code == 302
        assert Payment.objects.get().amount_minor == 142_083

    def test_the_same_money_is_asked_about_before_it_is_posted_twice(self, late):
        """By whatever page and with whatever reference; who answered in one of two tabs is asked in the other."""
        client, to = signed_in("AGENT"), f"/cases/{late.pk}/payments/"
        pay(client, late, amount="10.00")
        page, form = pay(client, late, amount="10.00")
        assert Payment.objects.count() == 1
        told = page.content.decode()
        assert "10.00 CNY of 2026-11-23 is already posted." in told
        assert "It is another payment: post it" in told

        answers = {"alike": ANSWER["alike"].search(told)[1]}
        changed, _ = pay(client, late, **answers, amount="20.00", payment_id=form["payment_id"])
        assert "Posted 20.00" in changed.content.decode()
        assert "Posted 10.00" in client.post(to, form | answers | {"reference": "R-1"}, follow=True).content.decode()
        other, form = pay(client, late, **answers, amount="10.00")
        assert "is already posted 2 times" in other.content.decode()
        assert Payment.objects.count() == 3

    def test_one_that_was_taken_back_is_no_reason_to_ask(self, late):
        client = signed_in("AGENT")
        _, form = pay(client, late)
        at = nights.moment(DAY) + timedelta(hours=11)
        what = {"reversal_id": "R1", "payment_id": form["payment_id"], "account_id": "A1", "source": "API"}
        reverse_payment.reverse_payment(**what, as_of=DAY, at=at, actor="api:1")
        assert "Posted 50.00" in pay(client, late)[0].content.decode()

    def test_one_that_a_tape_told_is_asked_about_too(self, late, tmp_path):
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
        tape.payment("BANK-77", "A1", DAY, "50.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=1))
        assert "is already posted" in pay(signed_in("AGENT"), late)[0].content.decode()
        assert not Payment.objects.exists()

    def test_both_questions_are_answered_one_after_the_other(self, late):
        client, to = signed_in("AGENT"), f"/cases/{late.pk}/payments/"
        owed = f"{late.outstanding_minor / 100 - 10:.2f}"
        pay(client, late, amount=owed)
        page, form = pay(client, late, amount=owed)
        for name in ("alike", "meant"):
            form[name] = ANSWER[name].search(page.content.decode())[1]
            page = client.post(to, form, follow=True)
        assert f"Posted {owed}" in page.content.decode()

    def test_arrears_that_came_back_are_called_no_trifle(self, late):
        """Neither at once, nor when the next night has opened a new case."""
        client = signed_in("AGENT")
        _, form = pay(client, late, amount=f"{late.overdue_minor / 100:.2f}")
        at = nights.moment(DAY) + timedelta(hours=11)
        what = {"reversal_id": "R1", "payment_id": form["payment_id"], "account_id": "A1", "source": "API"}
        reverse_payment.reverse_payment(**what, as_of=DAY, at=at, actor="api:1")
        for told in ("A payment was taken back after this case closed", "The debt is overdue again, in a new case"):
            page = client.get(f"/cases/{late.pk}/").content.decode()
            assert told in page
            assert "Arrears paid" in page
            assert "nobody is contacted for it alone" not in page
            nights.run(DAY + timedelta(days=1))


class TestStop:
    def test_it_cancels_what_was_planned_and_is_lifted_by_compliance_alone(self, late):
        answer = signed_in("AGENT").post(f"/cases/{late.pk}/stop/", {"reason": "DISPUTED"}, follow=True)
        stop = Stop.objects.get()

        assert "Do not contact: Debt is disputed" in answer.content.decode()
        assert not Contact.objects.filter(person_id="C1", status="PLANNED").exists()
        Stop.objects.update(from_at=stop.from_at - timedelta(hours=1))
        tried = signed_in("SUPERVISOR").post(f"/stops/{stop.pk}/lift/", follow=True).content.decode()
        assert "Only the compliance desk lifts this stop." in tried
        assert Stop.objects.get().to_at is None
        page = signed_in("COMPLIANCE").get("/stops/").content.decode()
        assert "Debt is disputed" in page

    def test_a_wrong_number_stops_the_number_and_not_the_person(self, late):
        own = ContactPoint.objects.get(person_id="C1", kind="MOBILE")
        stranger = ContactPoint.objects.get(person_id="C2", kind="MOBILE")
        client = signed_in("AGENT")
        for point in ("", stranger.pk):
            form = {"reason": "WRONG_NUMBER", "contact_point_id": point}
            page = client.post(f"/cases/{late.pk}/stop/", form, follow=True).content.decode()
            assert "Choose which of this person&#x27;s numbers or addresses it is" in page
        assert not Stop.objects.exists()
        planned = Contact.objects.filter(person_id="C1", status="PLANNED").count()
        client.post(f"/cases/{late.pk}/stop/", {"reason": "WRONG_NUMBER", "contact_point_id": own.pk})

        assert Stop.objects.get().contact_point_id == own.pk
        assert Contact.objects.filter(person_id="C1", status="PLANNED").count() == planned > 0
        client.post(f"/cases/{late.pk}/calls/", {"contact_point_id": own.pk})
        assert not Contact.objects.filter(person_id="C1", channel="CALL", status="SENDING").exists()

    def test_a_reason_is_needed(self, late):
        page = signed_in("AGENT").post(f"/cases/{late.pk}/stop/", {"reason": "BECAUSE"}, follow=True)

        assert "Choose a reason" in page.content.decode()
        assert not Stop.objects.exists()


ANSWER = {name: re.compile(rf'name="{name}" value="([^"]+)"') for name in ("meant", "alike")}
REVERSAL_ID = re.compile(r'name="reversal_id" value="(console-[0-9a-f]{32})"')


class TestReversal:
    def asked(self, client: Client, case: Case, payment_id: str):
        return client.get(f"/cases/{case.pk}/reversal/", {"account": "A1", "payment": payment_id})

    def reverse(self, client: Client, case: Case, payment_id: str, **changes: str):
        found = REVERSAL_ID.search(self.asked(client, case, payment_id).content.decode())
        form = {"account": "A1", "payment": payment_id, "reason": "RETURNED", "reversal_id": found[1] if found else ""}
        form |= changes
        return client.post(f"/cases/{case.pk}/reversal/", form, follow=True), form

    def test_it_says_what_will_be_owed_again_and_changes_nothing_yet(self, late):
        owed = late.overdue_minor
        _, form = pay(signed_in("AGENT"), late)
        finance = signed_in("FINANCE")
        case_page = finance.get(f"/cases/{late.pk}/").content.decode()
        assert f"/cases/{late.pk}/reversal/?account=A1&amp;payment={form['payment_id']}" in case_page
        page = self.asked(finance, late, form["payment_id"])

        assert (page.status_code, Payment.objects.count()) == (200, 1)
        foreseen = page.context["foreseen"]
        assert sum(foreseen.parts.values()) == 5_000
        assert foreseen.overdue_minor == (owed - 5_000, owed)
        late.refresh_from_db()
        assert late.overdue_minor == owed - 5_000

    def test_it_does_what_it_said_once_and_tells_why(self, late):
        owed = late.overdue_minor
        _, form = pay(signed_in("AGENT"), late)
        client = signed_in("SUPERVISOR")
        answer, form = self.reverse(client, late, form["payment_id"])
        again = client.post(f"/cases/{late.pk}/reversal/", form, follow=True).content.decode()

        late.refresh_from_db()
        assert late.overdue_minor == owed
        page = answer.content.decode()
        assert "50.00 CNY is owed again" in page
        assert "The bank returned it" in page
        assert "nothing was reversed twice" in again
        assert Payment.objects.count() == 2
        told = Event.objects.get(kind="payment.reversed")
        assert (told.data["reason"], told.actor) == ("RETURNED", f"user:{User.objects.get(role='SUPERVISOR').pk}")

    def test_a_closed_case_says_that_the_money_went_back_and_then_leads_to_the_new_one(self, late):
        owed = late.overdue_minor
        _, form = pay(signed_in("AGENT"), late, amount=f"{owed / 100:.2f}")
        client = signed_in("SUPERVISOR")
        page = self.reverse(client, late, form["payment_id"])[0].content.decode()
        assert "the next night opens a new case" in page.partition("Timeline")[0]
        assert client.get(f"/cases/{late.pk}/").context["card"].row.overdue_minor == owed

        nights.run(DAY + timedelta(days=1))
        new = Case.objects.get(person_id="C1", status="OPEN")
        page = client.get(f"/cases/{late.pk}/").content.decode().partition("Timeline")[0]
        assert "in a new case" in page
        assert f"/cases/{new.pk}/" in page

    def test_what_the_tape_brought_stays_the_tapes_and_only_the_reversal_is_the_keys(self, late, tmp_path):
        tape = market.Tape()
        tape.customer("C1", mobile="13800000001")
        tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
        tape.payment("T1", "A1", DAY - timedelta(days=3), "50.00")
        nights.take(tape, tmp_path, DAY + timedelta(days=1))
        key = apikeys.issue(name="the bank's own", scopes=["payments:write"], at=nights.moment(DAY), actor="test")
        reverse_payment.reverse_payment(
            reversal_id="R1",
            payment_id="T1",
            account_id="A1",
            source="API",
            as_of=DAY,
            at=nights.moment(DAY),
            actor=f"api:{key.key_id}",
        )
        entries = signed_in("SUPERVISOR").get(f"/cases/{late.pk}/").context["entries"]
        told = [(one.title.partition(":")[0], one.by) for one in entries if one.title.startswith("Payment")]
        assert told == [("Payment reversed", f"API key the bank's own ({key.key_id})"), ("Payment received", "")]

    def test_a_reversal_of_a_reversal_is_refused_and_says_why(self, late):
        _, paid = pay(signed_in("AGENT"), late)
        client = signed_in("FINANCE")
        _, form = self.reverse(client, late, paid["payment_id"])
        for page in (
            self.asked(client, late, form["reversal_id"]),
            self.reverse(client, late, form["reversal_id"], reversal_id="console-" + "0" * 32)[0],
        ):
            assert "it is itself a reversal" in page.content.decode()
        assert "it is reversed already" in self.asked(client, late, paid["payment_id"]).content.decode()
        assert Payment.objects.count() == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            {"account": "A2"},
            {"reason": "BECAUSE"},
            {"reversal_id": "x"},
            {"reversal_id": ""},
            {"payment": "unheard of"},
        ],
    )
    def test_what_is_wrong_is_told_and_changes_nothing(self, late, wrong):
        _, paid = pay(signed_in("AGENT"), late)
        answer, _ = self.reverse(signed_in("FINANCE"), late, paid["payment_id"], **wrong)

        assert "alert-danger" in answer.content.decode()
        assert Payment.objects.count() == 1

    @pytest.mark.parametrize("role", ["AGENT", "COMPLIANCE"])
    def test_who_may_not_is_refused_and_offered_nothing(self, late, role):
        _, paid = pay(signed_in("AGENT"), late)
        client = signed_in(role)

        assert "/reversal/" not in client.get(f"/cases/{late.pk}/").content.decode()
        assert self.asked(client, late, paid["payment_id"]).status_code == 403
        form = {"account": "A1", "payment": paid["payment_id"], "reason": "OTHER", "reversal_id": "console-" + "0" * 32}
        assert client.post(f"/cases/{late.pk}/reversal/", form).status_code == 403
        assert Payment.objects.count() == 1


class TestWork:
    def item(self, case: Case) -> WorkItem:
        return WorkItem.objects.create(
            work_id="w1", case=case, kind="VISIT", due_on=DAY, reason="LATE_VISIT", rule_number=1
        )

    def test_it_is_done_once_and_the_second_click_is_told(self, late):
        item = self.item(late)
        client = signed_in("SUPERVISOR")
        client.post(f"/work/{item.pk}/complete/", {"how": "NOT_VISITED_OTHER", "note": "spoke"})
        again = client.post(f"/work/{item.pk}/complete/", {"how": "NOT_VISITED_OTHER", "note": "spoke"}, follow=True)

        item.refresh_from_db()
        assert (item.status, words.opened(item, "note_sealed")) == ("DONE", "spoke")
        assert "alert-danger" in again.content.decode()
        assert CaseEvent.objects.filter(case=late, kind="work_done").count() == 1

    def test_its_end_is_told_once_and_stands_in_the_audit_trail(self, late):
        item = self.item(late)
        client = signed_in("SUPERVISOR")
        page = client.post(
            f"/work/{item.pk}/complete/", {"how": "NOT_VISITED_OTHER", "note": "nobody lives there"}, follow=True
        ).content.decode()

        assert page.count("nobody lives there") == 1
        assert page.count("Task “Visit”: Done") == 1
        assert "Work done" not in page
        ended = Event.objects.get(kind="work.done", subject_id=late.pk)
        assert (ended.before, ended.after, ended.data["work_id"]) == ("OPEN", "DONE", item.pk)
        assert ended.actor == f"user:{User.objects.get(role='SUPERVISOR').pk}"
        assert "nobody lives there" not in str(ended.data)

    def test_an_assignment_stands_in_the_audit_trail_and_names_the_colleague(self, late):
        agent = User.objects.get(role="AGENT")
        page = signed_in("SUPERVISOR").post(f"/cases/{late.pk}/assign/", {"user_id": agent.pk}, follow=True)

        assert Event.objects.get(kind="case.assigned", subject_id=late.pk).after == f"user:{agent.pk}"
        assert page.content.decode().count("Case assigned") == 1
        assert f"user:{agent.pk}" not in page.content.decode()

    def test_it_wants_a_note(self, late):
        item = self.item(late)
        signed_in("SUPERVISOR").post(f"/work/{item.pk}/cancel/", {"note": " "})

        item.refresh_from_db()
        assert item.status == "OPEN"


class TestWriteOff:
    def test_a_supervisor_approves_and_finance_posts(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        approved = signed_in("SUPERVISOR").post(f"/write-offs/{write_off.pk}/approve/", {"note": "ok"}, follow=True)
        assert "approved" in approved.content.decode()
        assert signed_in("SUPERVISOR").post(f"/write-offs/{write_off.pk}/post/").status_code == 403
        posted = signed_in("FINANCE").post(f"/write-offs/{write_off.pk}/post/", follow=True)

        write_off.refresh_from_db()
        assert write_off.status == "POSTED"
        assert "posted to the journal" in posted.content.decode()

    def test_its_page_shows_the_memorandum_entry_by_entry(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        finance, address = signed_in("FINANCE"), f"/write-offs/{write_off.pk}/"
        assert "Nothing is written off yet" in finance.get(address).content.decode()
        signed_in("SUPERVISOR").post(f"{address}approve/", {"note": "ok"})
        finance.post(f"{address}post/")
        pay(signed_in("AGENT"), Case.objects.get(pk=write_off.case_id), account_id="A2", amount="50.00")
        write_off.refresh_from_db()
        whole, left = (f"{minor / 100:,.2f}" for minor in (write_off.total_minor, write_off.total_minor - 5_000))

        answer = finance.get(address)
        shown = [(entry.kind, still) for entry, _, _, still in answer.context["entries"]]
        assert shown == [
            ("payment.taken", write_off.total_minor - 5_000),
            ("write_off.posted", write_off.total_minor),
        ]
        for _, lines, _, _ in answer.context["entries"]:
            assert sum(debit for *_, debit, _ in lines) == sum(credit for *_, credit in lines) > 0
        page = answer.content.decode()
        assert whole in page
        assert left in page
        assert answer.context["recovered_minor"] == 5_000
        assert "Debts written off, still claimed" in page
        assert f'href="{address}"' in finance.get("/write-offs/?status=POSTED").content.decode()

    def test_what_was_approved_and_is_not_to_be_posted_is_rejected(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        signed_in("SUPERVISOR").post(f"/write-offs/{write_off.pk}/approve/", {"note": "ok"})
        finance = signed_in("FINANCE")
        assert f"/write-offs/{write_off.pk}/reject/" in finance.get("/write-offs/?status=APPROVED").content.decode()
        finance.post(f"/write-offs/{write_off.pk}/reject/", {"note": "paid since"})
        posted = finance.post(f"/write-offs/{write_off.pk}/post/", follow=True)

        write_off.refresh_from_db()
        assert (write_off.status, words.opened(write_off, "note_sealed")) == ("REJECTED", "paid since")
        assert "alert-danger" in posted.content.decode()

    def test_money_that_came_since_the_proposal_is_on_the_page(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        finance = signed_in("FINANCE")
        assert "Owed now" not in finance.get("/write-offs/").content.decode()
        case = Case.objects.get(pk=write_off.case_id)
        pay(signed_in("AGENT"), case, account_id="A2", amount="50.00")
        left = f"{(write_off.total_minor - 5_000) / 100:,.2f}"

        page = finance.get("/write-offs/").content.decode()
        assert f"Owed now: {left}" in page

    def test_who_proposed_does_not_approve(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        user = User.objects.get(role="SUPERVISOR")
        WriteOff.objects.filter(pk=write_off.pk).update(proposed_by=f"user:{user.pk}")
        answer = signed_in("SUPERVISOR").post(f"/write-offs/{write_off.pk}/approve/", {"note": ""}, follow=True)

        write_off.refresh_from_db()
        assert write_off.status == "PROPOSED"
        assert "another person" in answer.content.decode()

    def test_who_approved_does_not_post_and_the_page_says_why(self, late):
        write_off = WriteOff.objects.get(account_id="A2")
        user = User.objects.get(role="FINANCE")
        WriteOff.objects.filter(pk=write_off.pk).update(status="APPROVED", decided_by=f"user:{user.pk}")
        finance = signed_in("FINANCE")
        page = finance.get("/write-offs/?status=APPROVED").content.decode()
        answer = finance.post(f"/write-offs/{write_off.pk}/post/", follow=True)

        write_off.refresh_from_db()
        assert write_off.status == "APPROVED"
        assert f"/write-offs/{write_off.pk}/post/" not in page
        assert f"/write-offs/{write_off.pk}/reject/" in page
        for said in (page, answer.content.decode()):
            assert "another person than the one who approved" in said


class TestOverview:
    def test_it_draws_the_figures_of_the_night(self, late):
        page = signed_in("SUPERVISOR").get("/").content.decode()

        for said in ("balance-chart", "Overdue", "Overdue customers by stage", "Early collection"):
            assert said in page


def test_the_rule_that_holds_is_told_in_words(late):
    page = signed_in("AGENT").get(f"/cases/{late.pk}/").content.decode()

    assert "1 to 60 days past due" in page
    assert "late for the first time" in page


def test_an_early_case_takes_no_step_of_late_collection(late):
    supervisor = signed_in("SUPERVISOR")
    step, placement = test_legal_steps.TestLegalStep.FORM, test_placements.TestPlacement.FORM
    page = supervisor.post(f"/cases/{late.pk}/legal-step/", step, follow=True).content.decode()
    placed = supervisor.post(f"/cases/{late.pk}/placement/", placement, follow=True).content.decode()

    assert "not in late collection" in page
    assert "not in late collection" in placed
    assert not LegalStep.objects.exists()
    assert not Placement.objects.exists()


class TestPromise:
    FORM = {"amount": "30.00", "due_on": str(DAY + timedelta(days=4)), "channel": "CALL"}

    def test_it_stands_on_the_page_of_the_case_and_is_counted_on_the_overview(self, late):
        client = signed_in("AGENT")
        page = client.post(f"/cases/{late.pk}/promises/", self.FORM, follow=True).content.decode()

        assert "The promise is on record" in page
        card = page.split("Promises to pay")[1].split("</section>")[0]
        assert "30.00" in card
        assert "By 2026-11-27, promised on 2026-11-23" in card
        assert page.partition("Timeline")[2].count("Promise to pay made") == 1
        again = client.post(f"/cases/{late.pk}/promises/", self.FORM, follow=True).content.decode()
        assert "already on record" in again
        assert client.get("/").context["promises"].open == 1

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"amount": "3,5"}, "not an amount"),
            ({"amount": "99999.00"}, "no more than is owed"),
            ({"due_on": str(DAY - timedelta(days=1))}, "lies in the past"),
            ({"due_on": "soon"}, "is not a date"),
            ({"channel": ""}, "how it was promised"),
        ],
        ids=str,
    )
    def test_what_is_wrong_is_told_and_changes_nothing(self, late, wrong, told):
        page = signed_in("AGENT").post(f"/cases/{late.pk}/promises/", self.FORM | wrong, follow=True).content.decode()

        assert told in page
        assert not Promise.objects.exists()

    @pytest.mark.parametrize("role", ["ANALYST", "FINANCE", "COMPLIANCE"])
    def test_the_outsider_is_sent_away(self, late, role):
        assert signed_in(role).post(f"/cases/{late.pk}/promises/", self.FORM).status_code == 403
