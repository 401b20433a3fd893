"""The evidence of a case: whole, signed, on record, masked unless asked, and found out when a byte of it differs."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from tests import cast
from tests.interfaces.console.test_agencies import EAST, place

from arrears.actions import evidence, keep_transcript, reveal_sealed, take_complaint, wired, work_complaint
from arrears.interfaces.cli import audit as command
from arrears.interfaces.ui import evidence_files, papers
from arrears.records.audit import operations as audit
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.complaints.operations import Intake
from arrears.records.compliance import consents, flags
from arrears.records.compliance.models import Verdict
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, ContactEvent
from arrears.records.people import sealed as people
from arrears.records.privacy import cipher

pytestmark = pytest.mark.django_db
POLICY = reveal_sealed.policy()
WHY = "The court asks for the whole file"
OF_KIN = "+8613911112222"
WORDS = "【示例消费金融】您的账单已逾期。"
COMPLAINED = "催收员态度恶劣，请处理。"
AT = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_printer(monkeypatch) -> None:
    """A PDF takes its time: one test makes it."""
    monkeypatch.setattr(papers, "_printer", lambda: None)


@pytest.fixture
def case(books) -> Case:
    """One with a message whose words are kept."""
    sent = Contact.objects.filter(channel="SMS", case__status="OPEN", case__stage="LATE").order_by("pk").first()
    sent.text_sealed = cipher.seal(WORDS, context=sealed.text_context(sent.pk))
    sent.save(update_fields=["text_sealed"])
    return sent.case


@pytest.fixture
def told(case) -> dict[str, str]:
    """Plain words that identify the person of the case."""
    points = case.person.contact_points.filter(relation="SELF").order_by("pk")
    return people.open_person(case.person_id) | {
        point.pk: people.open_point(point.pk, customer_id=case.person_id).value for point in points
    }


@pytest.fixture
def read(monkeypatch):
    """What stands on the paper of an export, its words alone, without printing it."""

    def print_(template, context, *, language):
        return render_to_string(template, {**context, "language": language}).encode()

    monkeypatch.setattr(papers, "pdf", print_)
    return lambda made: " ".join(BeautifulSoup(made["evidence.pdf"], "html.parser").get_text().split())


def take(client, case: Case, **fields: str) -> dict[str, bytes]:
    answer = client.post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL", "reason": "court", **fields})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def complain(case: Case, **fields: str) -> None:
    intake = Intake(
        complaint_id="e" * 32, customer_id=case.person_id, case_id=case.pk,
        intake="PHONE", complainant="SELF", kind="CONDUCT", text=COMPLAINED, **fields,
    )  # fmt: skip
    take_complaint.take(intake=intake, at=AT, actor="user:1", gate=wired.here().gate)


class TestPack:
    def test_every_contact_stands_in_it_with_words_verdicts_and_receipts(self, enter, case):
        document = json.loads(take(enter("COMPLIANCE"), case)["evidence.json"])

        mine = Contact.objects.filter(person=case.person, case__in=[case, None]) | Contact.objects.filter(case=case)
        assert {one["contact_id"] for one in document["contacts"]} == set(mine.values_list("pk", flat=True))
        for one in document["contacts"]:
            assert len(one["verdicts"]) == Verdict.objects.filter(contact_id=one["contact_id"]).count()
            assert len(one["receipts"]) == ContactEvent.objects.filter(contact_id=one["contact_id"]).count()
            kept = Contact.objects.get(pk=one["contact_id"]).text_sealed
            assert (one["text"] is None) == (kept is None)
        assert {"what": "TEXT", "text": "【示例消费金融】您的账单已逾期。"} in [
            one["text"] for one in document["contacts"]
        ]
        assert document["case"]["case_id"] == case.pk

    def test_identity_is_masked_unless_it_is_asked_for(self, enter, case, told):
        masked = take(enter("COMPLIANCE"), case)["evidence.json"].decode()
        plain = take(enter("COMPLIANCE"), case, with_identity="1", reason=WHY)["evidence.json"].decode()

        assert told
        assert [value for value in told.values() if value in masked] == []
        assert [value for value in told.values() if value not in plain] == []

    def test_the_paper_is_signed_with_it(self, enter, case, monkeypatch):
        monkeypatch.setattr(evidence_files, "pdf", lambda _pack, *, language: f"%PDF in {language}".encode())
        made = take(enter("COMPLIANCE"), case)
        document, manifest, paper = (made[name] for name in ("evidence.json", "manifest.json", "evidence.pdf"))

        assert evidence.checked(document, manifest, paper=paper)["case_id"] == case.pk
        with pytest.raises(evidence.EvidenceAltered, match=r"evidence\.pdf"):
            evidence.checked(document, manifest, paper=paper + b" ")
        with pytest.raises(evidence.EvidenceAltered, match=r"evidence\.json"):
            evidence.checked(document + b" ", manifest, paper=paper)

    def test_numbers_of_other_people_stay_masked_and_no_index_leaves(self, enter, case):
        cast.point(case.person, OF_KIN, relation="KIN")
        text = take(enter("COMPLIANCE"), case, with_identity="1", reason=WHY)["evidence.json"].decode()

        assert OF_KIN not in text
        [kin] = [one for one in json.loads(text)["person"]["contact_points"] if one["relation"] == "KIN"]
        assert kin["value"] == "139****2222"
        assert "value_index" not in text

    @pytest.mark.parametrize(
        "fields",
        [
            {"purpose": "QUALITY", "reason": WHY},
            {"purpose": "OTHER", "reason": WHY},
            *[{"purpose": "LEGAL", "reason": reason} for reason in ("", ".", "court", "aaaaaaaaaaaa", "法院")],
        ],
    )
    def test_identity_wants_a_purpose_that_justifies_it_and_a_reason_in_words(self, enter, case, fields):
        answer = enter("COMPLIANCE").post(f"/cases/{case.pk}/evidence/", {**fields, "with_identity": "1"})

        assert answer.status_code == 302
        assert not Event.objects.filter(kind__in=["evidence.exported", "identity.revealed"]).exists()

    def test_each_field_of_an_identity_in_it_is_a_reveal_of_its_own(self, enter, case, told):
        cast.point(case.person, OF_KIN, relation="KIN")
        take(enter("COMPLIANCE"), case, with_identity="1", reason="法院要求提供")
        rows = trail.told(list(Event.objects.filter(kind="identity.revealed")))

        assert len(rows) == len(told) > 1
        assert {row["what"] for row in rows} == {"NAME", "POINT"}
        assert {(row["purpose"], row["reason"]) for row in rows} == {("LEGAL", "法院要求提供")}
        assert not [value for value in told.values() if value in str(rows)]

    def test_an_identity_that_would_pass_the_limit_is_refused_before_anything_is_opened(
        self, enter, case, told, monkeypatch
    ):
        few = {"asked": len(told), "words": 600, "cleared": 1}
        monkeypatch.setattr(reveal_sealed, "policy", lambda: replace(POLICY, an_hour=few))
        monkeypatch.setattr(people, "open_person", lambda customer_id: pytest.fail("it was opened"))
        form = {"purpose": "LEGAL", "reason": WHY, "with_identity": "1"}
        refused = enter("COMPLIANCE").post(f"/cases/{case.pk}/evidence/", form)

        assert refused.status_code == 302
        assert Event.objects.get(kind="identity.reveal_refused").data["limit"] == len(told)
        assert not Event.objects.filter(kind__in=["evidence.exported", "identity.revealed"]).exists()

    def test_words_in_evidence_have_a_limit_of_their_own(self, enter, case, monkeypatch):
        few = {"asked": 40, "words": 1, "cleared": 1}
        monkeypatch.setattr(reveal_sealed, "policy", lambda: replace(POLICY, an_hour=few))
        client = enter("COMPLIANCE")
        Contact.objects.filter(person=case.person).exclude(text_sealed=None).exclude(case=case).update(text_sealed=None)
        take(client, case)
        client.post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL"})
        assert Event.objects.filter(kind="evidence.exported").count() == 1

    def test_it_is_on_record_who_took_it_and_why_but_nothing_that_was_in_it(self, enter, case):
        made = take(enter("SUPERVISOR"), case)
        event = Event.objects.filter(kind="evidence.exported").get()
        [facts] = trail.told([event])

        assert event.subject_id == case.person_id
        assert facts["purpose"] == "LEGAL"
        assert facts["reason"] == "court"
        assert facts["sha256"] in made["manifest.json"].decode()
        assert set(facts) == {"case_id", "sha256", "texts", "with_identity", "purpose", "reason"}

    @pytest.mark.parametrize("fields", [{"purpose": ""}, {"purpose": "CALL"}, {"reason": "ring 13900001111"}])
    def test_without_a_purpose_or_with_a_number_in_the_reason_nothing_is_given(self, enter, case, fields):
        answer = enter("COMPLIANCE").post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL", **fields})

        assert answer.status_code == 302
        assert not Event.objects.filter(kind="evidence.exported").exists()

    def test_it_counts_as_one_thing_opened_within_the_hour(self, enter, case, monkeypatch):
        monkeypatch.setattr(
            reveal_sealed, "policy", lambda: replace(POLICY, an_hour={"asked": 2, "words": 600, "cleared": 1})
        )
        client = enter("COMPLIANCE")
        for _ in range(2):
            take(client, case)
        refused = client.post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL"})

        assert refused.status_code == 302
        assert Event.objects.filter(kind="evidence.exported").count() == 2
        assert Event.objects.get(kind="identity.reveal_refused").data["what"] == "EVIDENCE"

    def test_what_was_complained_of_is_left_to_the_complaints_desk(self, enter, case):
        complain(case)
        document = take(enter("LEGAL"), case)["evidence.json"].decode()

        assert [one["complaint_id"] for one in json.loads(document)["complaints"]] == ["e" * 32]
        assert COMPLAINED not in document

    def test_a_number_in_a_reference_is_masked_with_the_identity_in_the_trail_too(self, enter, case):
        complain(case, reference=f"WX {OF_KIN}")
        work_complaint.escalate(
            complaint_id="e" * 32, turn=None, regulator="NFRA", reference=f"ZX {OF_KIN}", reply_on=None,
            at=AT, actor="user:1", gate=wired.here().gate,
        )  # fmt: skip
        masked = take(enter("COMPLIANCE"), case)["evidence.json"].decode()
        plain = take(enter("COMPLIANCE"), case, with_identity="1", reason=WHY)["evidence.json"].decode()

        assert (OF_KIN in masked, "ZX 139****2222" in masked, plain.count(f"ZX {OF_KIN}")) == (False, True, 2)

    def test_the_trail_tells_of_its_contacts_complaints_and_quality_checks_too(self, enter, case):
        complain(case)
        call = case.contacts.order_by("pk").first()
        audit.record("contact.recorded", subject=call.pk, actor="user:1", at=AT)
        flags.raise_flag(
            subject_id=call.pk, case_id=case.pk, customer_id=case.person_id, channel="CALL", said="TRANSCRIPT",
            findings=[{"label": "INSULT", "severity": 2}], at=AT, actor="user:1",
        )  # fmt: skip
        told = json.loads(take(enter("COMPLIANCE"), case)["evidence.json"])["trail"]

        assert {"complaint.received", "contact.recorded", "quality.flagged"} <= {one["kind"] for one in told}
        assert [one["at"] for one in told] == sorted(one["at"] for one in told)

    def test_consents_stand_in_it(self, enter, case):
        given = consents.Given("a" * 32, case.person_id, "SMS", "WRITTEN", "file 7", "notice 3")
        consents.give(given, at=AT, actor="user:1")
        [told] = json.loads(take(enter("COMPLIANCE"), case)["evidence.json"])["consents"]
        assert (told["purpose"], told["proof_ref"], told["policy"]) == ("SMS", "file 7", "notice 3")

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "FIELD", "ADMIN"])
    def test_others_are_refused(self, enter, case, role):
        assert enter(role).post(f"/cases/{case.pk}/evidence/", {"purpose": "LEGAL"}).status_code == 403

    def test_where_no_pdf_can_be_made_the_page_says_so(self, enter, case):
        assert "Pango is missing" in enter("COMPLIANCE").get(f"/cases/{case.pk}/evidence/").content.decode()
        assert set(take(enter("COMPLIANCE"), case)) == {"evidence.json", "manifest.json"}

    def test_a_reader_finds_names_of_products_and_agencies_and_that_nobody_opened(self, enter, case, monkeypatch):
        account = {"account_id": "A1", "product_code": "bnpl_cn", "principal_minor": 100, "currency": "CNY"}

        def print_with_it(template, context, *, language):
            return render_to_string(template, {**context, "accounts": [account], "language": language}).encode()

        monkeypatch.setattr(papers, "pdf", print_with_it)
        place(case, EAST)
        paper = take(enter("COMPLIANCE"), case)["evidence.pdf"].decode()
        assert "A1 · Buy now, pay later (China)" in paper
        assert "Placed with an agency · Example Asset Services East" in paper
        assert "Nobody has opened anything sealed of this person." in paper

    def test_a_reader_finds_the_complaints_the_number_and_whose_reference_it_is(self, enter, case, read, told):
        complain(case, reference="WX 7")
        work_complaint.answer(
            complaint_id="e" * 32, turn=None, outcome="UPHELD", root_cause="OWN_STAFF", remedy="APOLOGY",
            text="已道歉。", at=AT, actor="user:1",
        )  # fmt: skip
        own = case.person.contact_points.get(kind="MOBILE", relation="SELF")
        kin = cast.point(case.person, OF_KIN, relation="KIN")
        first, second = case.contacts.order_by("pk")[:2]
        Contact.objects.filter(pk=first.pk).update(
            channel="CALL", contact_point=own, vendor="staff", vendor_ref="REC-1"
        )
        carried = {"vendor": "sandbox", "vendor_ref": "SMS-1"}
        Contact.objects.filter(pk=second.pk).update(channel="SMS", contact_point=kin, **carried)
        paper = read(take(enter("COMPLIANCE"), case))
        with_identity = read(take(enter("COMPLIANCE"), case, with_identity="1", reason=WHY))

        assert "How we spoke or behaved · Answered · Complaint upheld" in paper
        assert "By phone · Who complains The borrower · Reference number WX 7" in paper
        assert "Why it happened Conduct of our staff · What is done Apologised" in paper
        assert (COMPLAINED in paper, "已道歉" in paper) == (False, False)
        assert "Number or address 139****2222" in paper
        assert told[own.pk] not in paper
        assert f"Number or address {told[own.pk]}" in with_identity
        assert (OF_KIN in with_identity, "Number or address 139****2222" in with_identity) == (False, True)
        assert "Call and recording at the vendor REC-1" in paper
        assert "Message at the vendor Sandbox: nothing leaves the house SMS-1" in paper

    def test_a_paper_prints_no_signature_but_where_it_is_and_of_what(self, enter, case, read):
        made = take(enter("COMPLIANCE"), case)
        paper, manifest = read(made), json.loads(made["manifest.json"])

        assert "the statement in manifest.json" in paper
        assert hashlib.sha256(made["evidence.json"]).hexdigest() in paper
        assert manifest["public_key"] in paper
        assert [one for one in re.findall(r"[0-9a-f]{128}", paper) if one != manifest["signature"]] == []

    def test_a_pdf_is_in_it_where_one_can_be_made(self, enter, case, monkeypatch):
        monkeypatch.undo()
        if not papers.can_print():
            pytest.skip("Pango is not on this machine")
        paper = take(enter("COMPLIANCE"), case)["evidence.pdf"]
        assert paper.startswith(b"%PDF-")
        streams = re.findall(rb"/FlateDecode[^>]*>>\nstream\n(.*?)\nendstream", paper, re.DOTALL)
        assert any(b"/StructTreeRoot" in zlib.decompress(one) for one in streams), "read aloud, it has headings"


class TestSignature:
    @pytest.fixture
    def folder(self, enter, case, tmp_path) -> Path:
        for name, content in take(enter("COMPLIANCE"), case).items():
            (tmp_path / name).write_bytes(content)
        return tmp_path

    def test_it_stands_and_says_of_which_case(self, folder, case, capsys):
        command.check(folder)
        assert f"stands as signed: case {case.pk}" in capsys.readouterr().out

    def test_a_flipped_byte_is_found(self, folder):
        whole = (folder / "evidence.json").read_bytes()
        for at in range(0, len(whole), max(len(whole) // 40, 1)):
            altered = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
            (folder / "evidence.json").write_bytes(altered)
            with pytest.raises(evidence.EvidenceAltered):
                command.check(folder)

    def test_another_houses_signature_is_none_of_ours(self, folder):
        with pytest.raises(evidence.EvidenceAltered):
            command.check(folder, public_key="11" * 32)

    @pytest.mark.parametrize("manifest", [b"", b"{}", b"[]", b"\xff", b'{"statement": 1, "signature": "zz"}'])
    def test_a_manifest_that_is_none_is_refused(self, folder, manifest):
        (folder / "manifest.json").write_bytes(manifest)
        with pytest.raises(evidence.EvidenceAltered):
            command.check(folder)


def test_a_transcript_stands_in_it_word_for_word(enter, case):
    call = case.contacts.order_by("pk").first()
    Contact.objects.filter(pk=call.pk).update(channel="CALL", status="DONE", outcome="RIGHT_PARTY")
    said = "坐席：您好，这里是示例消费金融，通话将被录音。"
    keep_transcript.keep_transcript(contact_id=call.pk, text=said, at=call.planned_for, actor="user:1")
    document = json.loads(take(enter("COMPLIANCE"), case)["evidence.json"])

    kept = {one["contact_id"]: one["transcript"] for one in document["contacts"]}
    assert kept[call.pk] == {"what": "TRANSCRIPT", "text": said}
