"""Notes that stood in plain words before there were sealed ones: sealed by the migrations, killed half-way or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests import cast

from arrears.records.cases import work
from arrears.records.cases.models import CaseEvent, WorkItem
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Consent, Flag
from arrears.records.matters.models import LegalStep
from arrears.records.placements.models import Placement
from arrears.records.privacy import cipher, masking, once_plain, words
from arrears.records.rights.models import LegalHold, SubjectRequest
from arrears.records.runs.models import Night
from arrears.records.webhooks import addresses
from arrears.records.webhooks.models import Endpoint
from arrears.records.writeoffs.models import WriteOff

BEFORE = [
    ("cases", "0007_team"),
    ("placements", "0002_ended_with_the_case"),
    ("matters", "0002_step_taken_back"),
    ("writeoffs", "0003_queue_index"),
    ("compliance", "0008_consents_and_restriction"),
    ("complaints", "0002_words_may_be_deleted"),
    ("rights", "0001_books"),
    ("runs", "0001_books"),
    ("webhooks", "0001_books"),
]
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = AT.date()
MARK = "欧阳槿楠的邻居"


class Killed(Exception):
    """A process that ends in the middle of a batch."""


def migrated(target: list[tuple[str, str]]) -> Any:
    """The models as they are after a migration."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def up() -> None:
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The books as they were, with one case."""
    cast.borrower()
    cast.open_case()
    try:
        yield migrated(BEFORE)
    finally:
        up()


def fill(apps: Any) -> None:
    """Seven pieces of work, of which two have no note, and one of everything else."""
    case = apps.get_model("cases", "Case").objects.get()
    own = {"case_id": case.pk}
    for number in range(7):
        note = f"{MARK}{number}" if number not in {2, 6} else ""
        item = {"kind": "CALL", "status": "DONE", "due_on": DAY, "reason": "x", "rule_number": 1, **own}
        apps.get_model("cases", "WorkItem").objects.create(work_id=f"w{number}", note=note, **item)
    apps.get_model("placements", "Placement").objects.create(
        placement_id="p1",
        agency="EXAMPLE_EAST",
        placed_on=DAY,
        amount_minor=1,
        currency="CNY",
        reference=f"{MARK}r",
        note=f"{MARK}p",
        placed_at=AT,
        placed_by="user:1",
        ended_on=DAY,
        end_reason="RECALLED",
        end_note=f"{MARK}e",
        ended_at=AT,
        **own,
    )
    apps.get_model("matters", "LegalStep").objects.create(
        step_id="s1",
        kind="LAWYERS_LETTER",
        is_pending=False,
        taken_on=DAY,
        body=f"{MARK}d",
        reference="",
        currency="CNY",
        note=f"{MARK}s",
        recorded_at=AT,
        recorded_by="user:1",
        back_at=AT,
        back_reason=f"{MARK}b",
        **own,
    )
    apps.get_model("writeoffs", "WriteOff").objects.create(
        write_off_id="o1",
        account_id="A1",
        currency="CNY",
        reason="BAD_DEBT",
        rule_number=1,
        proposed_on=DAY,
        proposed_by="night",
        note=f"{MARK}o",
        **{f"{part}_minor": 1 for part in ("principal", "interest", "fee", "penalty")},
        **own,
    )


def fill_desks(apps: Any) -> None:
    """A decided check, a consent withdrawn, a hold that is to be lifted, a request refused, a complaint: all noted."""
    person = apps.get_model("people", "Person").objects.get().pk
    of = {"person_id": person}
    apps.get_model("compliance", "Flag").objects.create(
        flag_id="f1", subject_id="x", customer_id=person, said="NOTE", findings=[], severity=1, at=AT, note=f"{MARK}f"
    )
    apps.get_model("compliance", "Consent").objects.create(
        consent_id="c1", purpose="HOURS", given_at=AT, proof="RECORDED", proof_ref=f"{MARK}t", policy=f"{MARK}y", **of
    )
    apps.get_model("compliance", "Consent").objects.update(
        withdrawn_at=AT, withdrawn_by="user:1", withdrawn_note=f"{MARK}c"
    )
    hold = {"hold_id": "h1", "reason": "LITIGATION", "set_at": AT, "asked_at": AT, "asked_by": "user:1"}
    texts = {"note": f"{MARK}h", "lift_note": f"{MARK}l"}
    apps.get_model("rights", "LegalHold").objects.create(status="LIFT_ASKED", **hold, **texts, **of)
    ended = {
        "status": "REFUSED",
        "reason": "EXCESSIVE",
        "ended_at": AT,
        "ended_on": DAY,
        "answer_due_on": DAY,
        "note": f"{MARK}q",
    }
    asked = {"kind": "ACCESS", "intake": "PHONE", "proof": "DOCUMENT", "received_at": AT, "received_on": DAY}
    apps.get_model("rights", "SubjectRequest").objects.create(request_id="q1", **asked, **ended, **of)
    clock = {"clock_from_on": DAY, "answer_due_on": DAY, "due_on": DAY, "received_at": AT, "received_on": DAY}
    what = {"intake": "PHONE", "complainant": "SELF", "kind": "CONDUCT", "content_mark": "m", "text_sealed": b"x"}
    complaints = apps.get_model("complaints", "Complaint").objects
    by_regulator = {"what": "ANSWER", "due_on": "2026-11-30", "rule": "REGULATOR_DAY", "citation": f"{MARK}g"}
    complaints.create(
        complaint_id="k1",
        reference=f"{MARK}k",
        regulator=f"{MARK}g",
        terms=[by_regulator, by_regulator | {"rule": "CN-COMPLAINT20", "citation": "第十五条"}],
        **clock,
        **what | {"intake": "REGULATOR"},
        **of,
    )
    apps.get_model("runs", "Night").objects.create(
        as_of=DAY, status="FAILED", started_at=AT, partitions=1, error=f"OSError: {MARK}: 1"
    )
    for event_id, kind in (("e1", "point.valid"), ("e2", "payment.reversed")):
        facts = {"case_id": apps.get_model("cases", "Case").objects.get().pk, "at": AT, "kind": kind, "actor": "user:1"}
        data = {"reason": f"{MARK}v" if kind == "point.valid" else "RETURNED", "contact_point_id": "p"}
        apps.get_model("cases", "CaseEvent").objects.create(event_id=event_id, data=data, **facts)


def told_by_desks() -> dict[str, str]:
    rows: list[tuple[Any, str]] = [
        (Flag, "note"),
        (Consent, "withdrawn_note"),
        (LegalHold, "note"),
        (LegalHold, "lift_note"),
        (SubjectRequest, "note"),
        (Complaint, "reference"),
        (Complaint, "regulator"),
        (Consent, "proof_ref"),
        (Consent, "policy"),
    ]
    return {f"{model.__name__}.{name}": words.opened(model.objects.get(), f"{name}_sealed") for model, name in rows}


def told() -> dict[str, str]:
    """Every note, opened."""
    rows: list[tuple[Any, list[str]]] = [(item, ["note"]) for item in WorkItem.objects.order_by("pk")]
    rows += [(Placement.objects.get(), ["reference", "note", "end_note"])]
    rows += [
        (LegalStep.objects.get(), ["body", "reference", "note", "back_reason"]),
        (WriteOff.objects.get(), ["note"]),
    ]
    return {f"{row.pk}.{name}": words.opened(row, f"{name}_sealed") for row, names in rows for name in names}


SAID = {f"w{number}.note": f"{MARK}{number}" if number not in {2, 6} else "" for number in range(7)} | {
    "p1.reference": f"{MARK}r",
    "p1.note": f"{MARK}p",
    "p1.end_note": f"{MARK}e",
    "s1.body": f"{MARK}d",
    "s1.reference": "",
    "s1.note": f"{MARK}s",
    "s1.back_reason": f"{MARK}b",
    "o1.note": f"{MARK}o",
}


SAID_BY_DESKS = {
    "Flag.note": f"{MARK}f",
    "Consent.withdrawn_note": f"{MARK}c",
    "LegalHold.note": f"{MARK}h",
    "LegalHold.lift_note": f"{MARK}l",
    "SubjectRequest.note": f"{MARK}q",
    "Complaint.reference": f"{MARK}k",
    "Complaint.regulator": f"{MARK}g",
    "Consent.proof_ref": f"{MARK}t",
    "Consent.policy": f"{MARK}y",
}


def test_all_that_stood_in_plain_words_is_sealed_though_killed_half_way_and_comes_back_on_the_way_back(
    before: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(before)
    fill_desks(before)
    urls = [f"https://p{number}.example/in/{MARK}?key={number}" for number in range(3)]
    for url in urls:
        before.get_model("webhooks", "Endpoint").objects.create(url=url, secret_sealed=b"kept", kinds=[], created_at=AT)
    monkeypatch.setattr(once_plain, "BATCH", 2)
    seal, given = cipher.seal, []

    def dying(text: str, *, context: str) -> bytes:
        given.append(context)
        if context == "cases.work.note:w4" and given.count(context) == 1:
            raise Killed
        return seal(text, context=context)

    monkeypatch.setattr(cipher, "seal", dying)
    with pytest.raises(Killed):
        up()
    assert given[-1] == "cases.work.note:w4", "the batch before it was committed, its own was not"
    up()

    assert told() == SAID
    assert given.count("cases.work.note:w0") == 1, "what was sealed is not sealed twice"
    assert given.count("cases.work.note:w3") == 2
    assert WorkItem.objects.get(pk="w2").note_sealed is None
    assert told_by_desks() == SAID_BY_DESKS
    assert [term["citation"] for term in Complaint.objects.get().terms] == ["", "第十五条"]
    assert Night.objects.get().error == "OSError"
    reason, code = CaseEvent.objects.get(pk="e1"), CaseEvent.objects.get(pk="e2")
    assert (words.opened(reason, "words_sealed"), reason.data) == (f"{MARK}v", {"contact_point_id": "p"})
    assert (code.words_sealed, code.data["reason"]) == (None, "RETURNED")
    assert [addresses.opened(row.pk, bytes(row.url_sealed)) for row in Endpoint.objects.order_by("pk")] == urls
    assert [bytes(row.secret_sealed) for row in Endpoint.objects.all()] == [b"kept"] * 3
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        assert MARK.encode() not in b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))

    old = migrated(BEFORE)
    assert old.get_model("cases", "WorkItem").objects.get(pk="w4").note == f"{MARK}4"
    assert old.get_model("matters", "LegalStep").objects.get().back_reason == f"{MARK}b"
    assert old.get_model("rights", "LegalHold").objects.get().note == f"{MARK}h"
    assert old.get_model("compliance", "Consent").objects.get().proof_ref == f"{MARK}t"
    assert old.get_model("complaints", "Complaint").objects.get().regulator == f"{MARK}g"
    assert old.get_model("cases", "CaseEvent").objects.get(pk="e1").data["reason"] == f"{MARK}v"
    assert [row.url for row in old.get_model("webhooks", "Endpoint").objects.order_by("pk")] == urls


@pytest.mark.django_db
def test_a_note_that_was_moved_to_another_row_does_not_open_and_the_page_shows_the_rest() -> None:
    cast.borrower()
    case = cast.open_case()
    sealed = cipher.seal(MARK, context="cases.work.note:w0")
    item = {"kind": "CALL", "status": "DONE", "due_on": DAY, "reason": "x", "rule_number": 1, "note_sealed": sealed}
    for work_id in ("w0", "w1"):
        WorkItem.objects.create(work_id=work_id, case_id=case.pk, **item)

    rows = {row.work_id: row.note for row in work.work_of_case(case.pk)}
    assert (rows["w0"], rows["w1"]) == (MARK, masking.UNOPENED)
    with pytest.raises(cipher.UnableToOpen):
        words.opened(WorkItem.objects.get(pk="w1"), "note_sealed")
