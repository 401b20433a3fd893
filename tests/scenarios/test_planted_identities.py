"""Marked people live through the whole house; then every place where nobody may stand in plain words is searched.

The marks are a name, a telephone number, an ID number, an address, an e-mail address, an employer and words of notes.
Each is looked for as it is, URL-encoded, in base64 wherever it may stand in it, as JSON escapes it, and, where it has
many digits, as digits alone. They may stand sealed in the vault and on the page of whoever opened them, nowhere else.
"""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests import market, nights
from tests.interfaces.console import conftest as console

from arrears.actions import (
    anchor_audit,
    back_up,
    contact_overrule,
    contact_receipts,
    contact_send,
    copy_books,
    decide_flag,
    evidence,
    mark_contact_point,
    place_with_agency,
    reveal_sealed,
    seal_replies,
    take_complaint,
    take_legal_step,
    take_request,
    wired,
    work_complaint,
    work_request,
    write_off_debt,
)
from arrears.channels.sandbox import adapter
from arrears.channels.sandbox.responders import Reaction
from arrears.interfaces.cli import setup
from arrears.kernel import sealed_files
from arrears.records.apikeys import operations as apikeys
from arrears.records.audit import queries as trail
from arrears.records.cases.models import Case, WorkItem
from arrears.records.complaints.models import Complaint
from arrears.records.complaints.operations import Intake
from arrears.records.compliance import consents, flags
from arrears.records.contacts.models import Contact, Transcript
from arrears.records.people.models import ContactPoint
from arrears.records.rights import holds
from arrears.records.rights.requests import Intake as Asked
from arrears.records.staff.models import User
from arrears.records.webhooks import operations as webhooks
from arrears.records.writeoffs.models import WriteOff

DAY = date(2026, 11, 23)
MARKS = {
    "name": "欧阳槿楠",
    "name of another": "Quillfeather Zyx",
    "phone": "13976543218",
    "ID number": "310101198803047659",
    "address": "云锦东路七七八弄三九号",
    "e-mail": "zyxq.quill@example.com",
    "employer": "锦瑟蓝田机械厂",
    "note": "他说下周三发薪后还款呢",
    "reply": "我在医院里陪孩子呢",
    "complaint": "你们打到了我单位同事那里",
}
#: Evidence tells what was said, whatever was said; who the people are it tells only where that was asked for.
NOT_SAID = ["name of another", "ID number", "address", "e-mail", "employer", "complaint"]
PASSPHRASE = "correct horse battery staple"


def forms(mark: str) -> Iterator[bytes]:
    """How a mark may stand somewhere."""
    plain = mark.encode()
    yield plain
    yield quote(mark).encode()
    yield json.dumps(mark)[1:-1].encode()
    for shift in range(3):  # whatever stands before it in what was encoded
        coded = base64.b64encode(b"\0" * shift + plain)
        yield coded[4 if shift else 0 : -4]
    digits = re.sub(r"\D", "", mark)
    if len(digits) >= 8:
        yield digits.encode()


def found(content: bytes, marks: list[str] | None = None) -> list[str]:
    """Which marks stand in some bytes, separators of numbers aside."""
    joined = re.sub(rb"(?<=\d)[ \-.](?=\d)", b"", content)
    return [name for name in marks or MARKS if any(form in content or form in joined for form in forms(MARKS[name]))]


def test_the_search_finds_what_is_there():
    for name, mark in MARKS.items():
        for hidden in (mark.encode(), quote(f"a {mark} b").encode(), json.dumps({"x": f"..{mark}"}).encode()):
            assert found(hidden) == [name]
        for before in ("", "x", "xy", "xyz"):
            assert found(base64.b64encode(f"{before}{mark}, and more".encode())) == [name]
    assert found(b"139-7654-3218") == ["phone"]


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    settings.HOME, settings.LAKE, settings.PARTITIONS = tmp_path / "home", tmp_path / "home" / "lake", 2
    settings.HOME.mkdir()
    settings.CLOCK = "books"
    return settings.HOME


def tape() -> market.Tape:
    """One who is seven days late, one who is long late, and rows that are wrong around marks."""
    made = market.Tape()
    for customer_id, name, late in (("C1", MARKS["name"], 7), ("C2", MARKS["name of another"], 400)):
        made.customer(customer_id, name=name)
        made.rows["customers"][-1] |= {"id_number": MARKS["ID number"], "employer": MARKS["employer"]}
        made.rows["customers"][-1] |= {"remarks": f"{MARKS['note']} {MARKS['phone']}"}
        made.account(f"A-{customer_id}", customer_id, first_due=DAY - timedelta(days=late))
        for kind, mark in (("MOBILE", "phone"), ("EMAIL", "e-mail"), ("ADDRESS", "address")):
            point = {"customer_id": customer_id, "kind": kind, "value": MARKS[mark], "relation": "SELF"}
            made.rows["contact_points"].append(point)
    for number in range(60):  # enough that two bad rows are few
        made.customer(f"D{number:03d}", mobile=f"138{10_000_000 + number}")
        made.account(f"E{number:03d}", f"D{number:03d}", first_due=DAY + timedelta(days=20))
    made.payment("P1", "E000", DAY - timedelta(days=1), MARKS["phone"] + "x")
    made.rows["contact_points"].append(
        {"customer_id": "D001", "kind": "MOBILE", "value": f"{MARKS['name']} {MARKS['ID number']}", "relation": "SELF"}
    )
    made.rows["customers"].append(made.rows["customers"][0] | {"customer_id": "C3", "birth_on": MARKS["address"]})
    for row in made.rows["customers"]:
        for name in ("id_number", "employer", "remarks", "birth_on"):
            row.setdefault(name, "")
    return made


@pytest.fixture
def said(home, transactional_db, monkeypatch, capsys, caplog, tmp_path) -> dict[str, bytes]:
    """Everything that was said aloud while the marked people lived: by commands, in logs, on pages of errors."""
    monkeypatch.setattr(console.moment.wired, "here", _ten_in_the_morning(wired.here()))
    setup.ensure_ready()
    console.everyone(joined_on=date(2026, 11, 1))
    webhooks.register(url="https://partner.example/hooks", kinds=(), at=nights.moment(DAY), actor="test")
    nights.take(tape(), tmp_path, DAY)
    nights.run(DAY)
    told = {"errors of pages": _work(), "answers of the API": _api(), "evidence": _evidence()}
    anchor_audit.anchor(home / anchor_audit.FOLDER, at=nights.moment(DAY))
    answers = capsys.readouterr()
    return told | {"output": answers.out.encode(), "logs": answers.err.encode()}


def _ten_in_the_morning(house: wired.Wired):
    fixed = wired.Wired(now=lambda: console.TEN, gate=house.gate, open_channels=dict)
    return lambda: fixed


def _client(role: str) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(User.objects.get(role=role))
    return client


def _work() -> bytes:
    """What the desks do with the marked people, and every way in which a page may fail; the failures are returned."""
    agent, chief = _client("AGENT"), _client("SUPERVISOR")
    case = Case.objects.get(person_id="C1")
    _send_and_hear()
    for mark in ("phone", "name", "ID number", "e-mail"):
        agent.post("/cases/search/", {"q": MARKS[mark]}, follow=True)
    mobile = ContactPoint.objects.filter(person_id="C1", kind="MOBILE").first()
    agent.post(f"/cases/{case.pk}/calls/", {"contact_point_id": mobile.pk})
    call = Contact.objects.get(person_id="C1", channel="CALL", status="SENDING")
    agent.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY", "note": f"{MARKS['note']} {MARKS['name']}"})
    chief.post(f"/contacts/{call.pk}/transcript/", {"text": f"协商员：您好\n客户：{MARKS['reply']}"})
    about = {"what": "POINT", "subject_id": mobile.pk, "purpose": "IDENTITY", "reason": MARKS["phone"]}
    chief.post(f"/cases/{case.pk}/reveal/", about)
    page = chief.get(f"/cases/{case.pk}/complaint/").content.decode()
    words = {
        "id": re.search(r'name="id" value="(\w+)"', page)[1],
        "intake": "PHONE",
        "complainant": "SELF",
        "about": "",
    }
    words |= {"kind": "CONDUCT", "text": f"{MARKS['complaint']} {MARKS['name']}"}
    chief.post(f"/cases/{case.pk}/complaint/", words)
    work = WorkItem.objects.create(
        work_id="w1", case=case, kind="VISIT", due_on=DAY, reason="LATE_VISIT", rule_number=1
    )
    chief.post(f"/work/{work.pk}/complete/", {"how": "NOT_VISITED_OTHER", "note": f"{MARKS['note']} {MARKS['phone']}"})
    work.refresh_from_db()
    assert work.status == "DONE"
    _note_late_steps(Case.objects.get(person_id="C2"))
    _note_at_desks(Case.objects.get(person_id="C2"))
    assert Transcript.objects.filter(contact_id=call.pk).exists()
    assert Complaint.objects.filter(person_id="C1").exists()
    call.refresh_from_db()
    assert call.text_sealed
    agent.post(f"/cases/{case.pk}/stop/", {"reason": "DISPUTED", "note": MARKS["note"]})

    failed = [agent.get(f"/no/{MARKS['phone']}/?q={MARKS['name']}"), agent.get(f"/cases/{MARKS['ID number']}/")]
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(role="AGENT"))
    failed.append(strict.post(f"/cases/{case.pk}/stop/", {"reason": MARKS["note"], "note": MARKS["name"]}))
    failed.append(Client().get(f"/cases/?q={MARKS['phone']}", headers={"host": f"{MARKS['phone']}.example"}))
    with connection.cursor() as cursor:  # a fault of ours that nobody foresaw
        cursor.execute("ALTER TABLE cases_case RENAME TO cases_lost")
    try:
        failed.append(agent.post("/cases/search/", {"q": MARKS["phone"]}, follow=True))
        failed.append(agent.get(f"/cases/{case.pk}/?q={MARKS['e-mail']}"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE cases_lost RENAME TO cases_case")
    assert [answer.status_code for answer in failed] == [404, 404, 403, 400, 500, 500]
    return b"".join(answer.content for answer in failed)


def _note_late_steps(case: Case) -> None:
    """Everything that is noted of a late case, each time with an identity in it."""
    note = f"{MARKS['note']} {MARKS['name of another']} {MARKS['phone']}"
    when = {"as_of": DAY, "at": console.TEN, "actor": f"user:{User.objects.get(role='SUPERVISOR').pk}"}
    wish = place_with_agency.PlacementWish("p1", "EXAMPLE_EAST", DAY, 100, MARKS["ID number"], note)
    assert place_with_agency.place(case_id=case.pk, wish=wish, **when)
    place_with_agency.end(placement_id="p1", reason="RECALLED", ended_on=DAY, note=note, **when)
    step = take_legal_step.StepWish("s1", "LAWYERS_LETTER", DAY, note, MARKS["phone"], None, note, None)
    take_legal_step.take(case_id=case.pk, wish=step, **when)
    del when["as_of"]
    take_legal_step.take_back(case_id=case.pk, step_id="s1", reason=note, **when)
    write_off = WriteOff.objects.get(case=case)
    write_off_debt.approve(write_off_id=write_off.pk, note=note, **when)
    page = _client("SUPERVISOR").get(f"/cases/{case.pk}/").content.decode()
    assert page.count(MARKS["note"]) >= 4, "who may see the case reads its notes"


def _note_at_desks(case: Case) -> None:
    """Everything that is written down where numbers are refused, and a name is not seen."""
    why, at, gate = f"{MARKS['note']} {MARKS['name of another']}", console.TEN, wired.here().gate
    chief = User.objects.get(role="SUPERVISOR")
    by = {"at": at, "actor": f"user:{chief.pk}"}
    point = ContactPoint.objects.filter(person_id="C2", kind="MOBILE").first()
    asked = {"what": "POINT", "subject_id": point.pk, "purpose": "OTHER", "reason": why}
    reveal_sealed.reveal(viewer=chief, case_id=case.pk, at=at, **asked)
    evidence.export(case_id=case.pk, purpose="OTHER", reason=why, with_identity=False, verified=None, **by)
    whose = {"customer_id": "C2", "case_id": case.pk, "contact_point_id": point.pk}
    mark_contact_point.mark_invalid(**whose, reason="WRONG_PARTY", **by)
    mark_contact_point.mark_valid(**whose, reason=why, **by)
    holds.put(holds.Wanted("h" * 32, "C2", "LITIGATION", why), **by)
    holds.ask(hold_id="h" * 32, note=why, **by)
    consents.give(consents.Given("c" * 32, "C2", "HOURS", "RECORDED", why, MARKS["name of another"]), **by)
    consents.withdraw(consent_id="c" * 32, note=why, **by)
    take_request.take(intake=Asked("d" * 32, "C2", "EXPLANATION", "PHONE", "DOCUMENT", text=why), gate=gate, **by)
    work_request.extend(request_id="d" * 32, turn=None, note=why, gate=gate, **by)
    work_request.refuse(request_id="d" * 32, turn=None, reason="EXCESSIVE", note=why, **by)
    intake = Intake("e" * 32, "C2", case.pk, "PHONE", "SELF", "CONDUCT", why, reference=MARKS["name of another"])
    take_complaint.take(intake=intake, gate=gate, **by)
    work_complaint.acknowledge(complaint_id="e" * 32, turn=None, **by)
    work_complaint.extend(complaint_id="e" * 32, turn=None, note=why, gate=gate, **by)
    work_complaint.escalate(
        complaint_id="e" * 32, turn=None, regulator=why[:60], reference=why[:60], reply_on=DAY, gate=gate, **by
    )
    contact_overrule.keep(customer_id="C2", contact_id="x", rules=["R"], why=why, **by)
    finding = {"label": "THREAT", "severity": 3, "spans": [], "rule": ""}
    about = {"subject_id": "x", "case_id": case.pk, "customer_id": "C2", "channel": "CALL", "said": "NOTE"}
    flag_id = flags.raise_flag(**about, findings=[finding], at=at, actor="user:0")
    decide_flag.decide_flag(flag_id=flag_id, decision="UPHELD", note=why, **by)
    subjects = [case.pk, "C2", "e" * 32, flag_id]
    told = [row for row in trail.events_of(subjects, limit=100) if why in row.data.values()]
    assert len({row.kind for row in told}) >= 12, "who may read the trail reads why"


def _send_and_hear() -> None:
    """The message that was planned is sent; the borrower answers, with their name and number in it."""
    reply = Reaction(reply=f"{MARKS['reply']} {MARKS['name']} {MARKS['phone']}", reply_after=timedelta(0))
    folder = settings.HOME / "sandbox"
    channel = adapter.open_channel(
        folder=folder, trusting=True, responder=lambda batch, at: [reply] * len(batch), seal=seal_replies.SEAL
    )
    try:
        words = {"channels": {"SMS": channel}, "worker": "w1", "gate": wired.here().gate}
        contact_send.send_due(at=console.TEN, limit=100, **words)
        contact_receipts.take(at=console.TEN + timedelta(minutes=5), **words)
        assert channel.seen(DAY), "a message of theirs lies in the sandbox"
        text = f"{MARKS['reply']} {MARKS['name']}"  # nobody hears this one: it waits
        channel.write_in(from_=f"+86{MARKS['phone']}", to="", text=text, at=console.TEN + timedelta(days=1))
    finally:
        channel.close()


def _api() -> bytes:
    """What a partner is told, of their mistakes too."""
    secret = apikeys.issue(name="core", scopes=apikeys.SCOPES, at=nights.moment(DAY), actor="test").secret
    headers = {"Authorization": f"Bearer {secret}"}
    client = Client(raise_request_exception=False)
    case = Case.objects.get(person_id="C1")
    asked = [
        "/cases?limit=100",
        f"/cases/{case.pk}",
        f"/contacts?case_id={case.pk}",
        "/complaints?customer_id=C1",
        "/webhooks",
    ]
    answers = [client.get(f"/api/v1{path}", headers=headers) for path in asked]
    assert {answer.status_code for answer in answers} == {200}
    wrong = [
        ("/complaints", {"text": MARKS["complaint"], "customer_id": MARKS["phone"], "kind": MARKS["name"]}),
        ("/stops", {"customer_id": MARKS["ID number"], "reason": MARKS["note"]}),
        ("/payments", {"amount": MARKS["phone"], "account_id": MARKS["name"]}),
    ]
    for number, (path, body) in enumerate(wrong):
        named = headers | {"Idempotency-Key": f"k{number}"}
        answer = client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=named)
        assert 400 <= answer.status_code < 500
        answers.append(answer)
    return b"".join(answer.content for answer in answers)


def _evidence() -> bytes:
    """An export for a court, without identity."""
    case = Case.objects.get(person_id="C1")
    answer = _client("COMPLIANCE").post(
        reverse("case-evidence", args=[case.pk]), {"purpose": "LEGAL", "reason": "court"}
    )
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".json"))


def columns() -> Iterator[tuple[str, bytes]]:
    """Every value of every column of the books, sealed ones as they stand."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    content = bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                    yield f"{table}.{name}", content


def test_nobody_stands_in_plain_words_where_nobody_may(said, home, tmp_path):
    assert Contact.objects.filter(person_id="C1").count() >= 3, "the marked people were spoken with"
    assert b"library.told" in said["logs"], "what Django told of the faults was heard"

    places = {f"column {name}": found(content) for name, content in columns() if found(content)}
    for name, content in said.items():
        places[name] = found(content, NOT_SAID if name == "evidence" else None)
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.parent != home / "keys":
            places[str(path.relative_to(home))] = found(path.read_bytes())
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path, hive_partitioning=False)
            places[f"{path.relative_to(home)} (read)"] = found(str(frame.to_dicts()).encode())
    places["cache"] = found(str(getattr(cache, "_cache", {})).encode())

    places["backup"] = found(_backup(tmp_path))
    assert {place: marks for place, marks in places.items() if marks} == {}


def _backup(tmp_path: Path) -> bytes:
    """A backup as it lies on the disk, and as it is once it was opened, the dump of the books in words."""
    made = back_up.back_up(
        tmp_path / "backup", passphrase=PASSPHRASE, at=console.TEN, actor="test", progress=lambda *_: None
    )
    with made.file.open("rb") as sealed:
        opened = sealed_files.Reader(sealed, kind="backup", passphrase=PASSPHRASE).readall()
    told = made.file.read_bytes() + opened
    with tarfile.open(fileobj=io.BytesIO(opened)) as archive:
        for name in archive.getnames():
            if name == "books.dump":
                program = copy_books.program("pg_restore")
                done = subprocess.run([program, "-f", "-"], input=archive.extractfile(name).read(), capture_output=True)
                assert done.returncode == 0, done.stderr
                told += done.stdout
    return told
