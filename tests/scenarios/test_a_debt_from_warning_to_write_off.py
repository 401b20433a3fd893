"""A debt's whole way, told as a diary: due in three days, reminded, late, visited, bad, written off, still recovered.

One borrower, one cash loan of a single instalment of 8,000.00 and 400.00 interest, due on 1 June 2026. Every stage is
a function of the day's position; every ledger entry is shown.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import write_off_debt
from arrears.actions.take_payment import take_payment
from arrears.kernel.transitions import NoSuchTransition
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.contacts.models import Contact
from arrears.records.ledger.models import JournalEntry, Posting
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 1)
OWED = 840_000


def on(day: int) -> date:
    """So many days after the due date."""
    return DUE + timedelta(days=day)


@pytest.fixture
def borrower(settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 1
    tape = market.Tape()
    tape.customer("LIN", mobile="13800000002", name="林悦")
    tape.account("LOAN", "LIN", first_due=DUE, instalments=1, principal="8000.00", interest="400.00")
    nights.take(tape, tmp_path, on(-3))


def entries() -> list[tuple[str, dict[str, int]]]:
    """Every journal entry in order: its kind, and its lines by ledger account."""
    told = []
    for entry in JournalEntry.objects.order_by("recorded_at", "kind"):
        lines = Posting.objects.filter(entry=entry).values_list("ledger_account", "amount_minor")
        assert sum(amount for _, amount in lines) == 0
        told.append((entry.kind, dict(lines)))
    return told


def texts(day: int) -> list[str]:
    return list(Contact.objects.filter(as_of=on(day)).values_list("template", flat=True))


def open_work() -> set[str]:
    return set(WorkItem.objects.filter(status="OPEN").values_list("kind", flat=True))


def test_a_debt_from_warning_to_write_off(borrower):
    # Three days before the due date: a reminder, and no case.
    nights.run(on(-3))
    assert texts(-3) == ["REMIND_T3"]
    assert not Case.objects.exists()

    # The days up to the due date: reminded the day before and on the day; nobody is a case for what is not yet late.
    for day in (-2, -1, 0):
        nights.run(on(day))
    assert (texts(-2), texts(-1), texts(0)) == ([], ["REMIND_T1"], ["REMIND_T0"])
    assert not Case.objects.exists()

    # One day late: a case opens, early, and the first friendly text is planned.
    nights.run(on(1))
    case = Case.objects.get()
    assert (case.stage, case.dpd_max, case.overdue_minor, case.bucket) == ("EARLY", 1, OWED, "M1")
    assert texts(1) == ["EARLY_D1"]

    # A weekend without nights is caught up; by day eight somebody has been asked to call.
    nights.run(on(8))
    assert open_work() == {"CALL"}

    # Two months late: late collection, by the day's position.
    nights.leap(on(60))
    case.refresh_from_db()
    assert (case.stage, case.bucket) == ("EARLY", "M2")
    nights.run(on(61))
    case.refresh_from_db()
    assert (case.stage, case.bucket) == ("LATE", "M3")
    nights.leap(on(74))
    assert open_work() == {"CALL"}
    nights.run(on(75))
    assert open_work() == {"CALL", "VISIT"}

    # More than half a year: bad debt, and a write-off is proposed on evidence.
    nights.leap(on(180))
    case.refresh_from_db()
    assert case.stage == "LATE"
    assert not WriteOff.objects.exists()
    nights.run(on(181))
    case.refresh_from_db()
    assert case.stage == "BAD_DEBT"
    proposal = WriteOff.objects.get()
    assert (proposal.status, proposal.total_minor) == ("PROPOSED", OWED)
    assert proposal.evidence["dpd"] == 181

    told = list(CaseEvent.objects.filter(kind__in=["opened", "stage_changed"]).order_by("data__as_of"))
    assert [(event.before, event.after, event.data["as_of"]) for event in told] == [
        ("", "EARLY", str(on(1))),
        ("EARLY", "LATE", str(on(61))),
        ("LATE", "BAD_DEBT", str(on(181))),
    ]
    assert all(event.reason.startswith("stage rule ") for event in told)
    assert entries() == []

    # It cannot be posted before a second person has approved it, nor decided by who proposed it.
    at = nights.moment(on(181)) + timedelta(hours=10)
    with pytest.raises(NoSuchTransition):
        write_off_debt.post(write_off_id=proposal.pk, as_of=on(181), at=at, actor="user:finance")
    with pytest.raises(write_off_debt.SamePerson):
        write_off_debt.approve(write_off_id=proposal.pk, note="", at=at, actor=proposal.proposed_by)
    write_off_debt.approve(write_off_id=proposal.pk, note="evidence complete", at=at, actor="user:supervisor")
    write_off_debt.post(write_off_id=proposal.pk, as_of=on(181), at=at, actor="user:finance")

    off_the_balance_sheet = (
        "write_off.posted",
        {"1304.01": OWED, "1303": -800_000, "1132.01": -40_000, "9101": OWED, "9199": -OWED},
    )
    assert entries() == [off_the_balance_sheet]

    # 账销案存: the case stays open, nothing more is proposed, and what comes in is a recovery.
    nights.run(on(182))
    case.refresh_from_db()
    assert (case.status, case.stage) == ("OPEN", "BAD_DEBT")
    assert WriteOff.objects.count() == 1
    recovered = pay("REC-1", 300_000, on(182))
    assert recovered.parts["interest"] == 40_000
    assert entries() == [
        off_the_balance_sheet,
        ("payment.taken", {"1002": 300_000, "1304.02": -300_000, "9101": -300_000, "9199": 300_000}),
    ]
    case.refresh_from_db()
    assert (case.status, case.overdue_minor) == ("OPEN", OWED - 300_000)

    # The rest is paid: the case closes by itself.
    pay("REC-2", OWED - 300_000, on(182))
    case.refresh_from_db()
    assert (case.status, case.close_reason) == ("CLOSED", "PAID_OFF")
    assert open_work() == set()


def pay(payment_id: str, amount_minor: int, day: date):
    return take_payment(
        payment_id=payment_id,
        account_id="LOAN",
        amount_minor=amount_minor,
        currency="CNY",
        paid_on=day,
        channel="BANK",
        source="CONSOLE",
        as_of=day,
        at=nights.moment(day) + timedelta(hours=11),
        actor="user:collector",
    )
