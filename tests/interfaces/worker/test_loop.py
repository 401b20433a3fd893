"""The worker's loop: sends, hears, clears up, stops cleanly; as a command it ends on SIGTERM and can run once."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from tests import cast, gatehouse
from tests.gatehouse import draft

from arrears.actions import contact_plan, contact_resolve, seal_replies
from arrears.actions.wired import Wired
from arrears.channels.base import Outgoing, Receipt, Result
from arrears.channels.sandbox import adapter
from arrears.channels.sandbox.responders import Reaction
from arrears.channels.webhook_http import adapter as webhook_adapter
from arrears.interfaces.worker import loop
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.webhooks import operations as webhooks


def house(folder: Path, *, now: datetime = cast.NOW) -> Wired:
    """An installation over a sandbox whose borrowers all ask to be left alone."""

    def channels() -> Mapping[str, adapter.Sandbox]:
        reaction = Reaction(reply="T", reply_after=timedelta(0))
        channel = adapter.open_channel(
            folder=folder,
            trusting=True,
            responder=lambda batch, at: [reaction] * len(batch),
            seal=seal_replies.SEAL,
        )
        return {"SMS": channel}

    return Wired(now=lambda: now, gate=gatehouse.shipped_gate(), open_channels=channels)


@pytest.mark.django_db(transaction=True)
class TestRun:
    def test_until_idle_it_sends_hears_and_ends(self, tmp_path: Path) -> None:
        wired = house(tmp_path)
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=wired.gate)
        told: list[loop.Tick] = []

        loop.run_once(lambda: wired, worker="w1", stop=threading.Event(), told=told.append)

        [tick] = told
        assert (tick.sent.accepted, tick.heard.receipts, tick.heard.stops) == (1, 1, 1)
        assert Contact.objects.get(initiated_by="COLLECTOR").status == ContactStatus.DELIVERED
        assert Stop.objects.get().person_id == cast.PAYS

    def test_once_too_stops_between_ticks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C while more is due than one tick sends."""
        monkeypatch.setattr(loop, "BATCH", 1)
        wired, stop, told = house(tmp_path), threading.Event(), []
        people = ["C1", "C2", "C3"]
        for number, customer_id in enumerate(people):
            cast.borrower(customer_id, mobile=f"+861380000000{number}")
        contact_plan.plan([draft(one) for one in people], at=cast.NOW, actor="test", gate=wired.gate)

        def interrupted(tick: loop.Tick) -> None:
            told.append(tick)
            stop.set()

        loop.run_once(lambda: wired, worker="w1", stop=stop, told=interrupted)
        assert [tick.sent.accepted for tick in told] == [1]

    def test_a_cry_for_help_waits_for_no_silent_vendor(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(loop, "PAUSE", 0.05)
        wired, stop, silence, speaking = house(tmp_path), threading.Event(), threading.Event(), threading.Event()
        cast.borrower("C1", mobile="+8613800000001")
        cast.borrower("C2", mobile="+8613800000002")
        contact_plan.plan([draft("C1")], at=cast.NOW, actor="test", gate=wired.gate)

        def silent(batch: Sequence[Outgoing], at: datetime) -> list[Reaction]:
            return [Reaction()] * len(batch)

        [channel] = wired.open_channels().values()
        said = channel.send

        def send(batch: Sequence[Outgoing], **how: object) -> Sequence[Result]:
            speaking.set()
            silence.wait(20)
            return said(batch, **how)

        channel.responder, channel.send = silent, send
        running = threading.Thread(
            target=loop.run,
            args=(lambda: replace(wired, open_channels=lambda: {"SMS": channel}),),
            kwargs={"worker": "w1", "stop": stop},
        )
        running.start()
        try:
            assert speaking.wait(10)
            channel.write_in(from_="+8613800000002", to="", text="我不想活了", at=cast.NOW)
            deadline = time.monotonic() + 10
            while not Stop.objects.filter(person_id="C2", reason="SELF_HARM").exists():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert Contact.objects.get(person_id="C1").status == ContactStatus.SENDING
        finally:
            silence.set()
            stop.set()
            running.join()

    def test_it_stops_between_ticks_and_closes_its_channels(self, tmp_path: Path) -> None:
        stop = threading.Event()
        stop.set()
        loop.run(lambda: house(tmp_path), worker="w1", stop=stop)
        adapter.open_channel(folder=tmp_path).close()

    def test_it_clears_up_what_a_dead_sender_left(self, tmp_path: Path) -> None:
        wired = house(tmp_path, now=cast.NOW + contact_resolve.LEASE)
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=wired.gate)
        Contact.objects.update(status="SENDING", sent_at=cast.NOW, local_on=cast.TODAY, vendor="sandbox")

        loop.run_once(lambda: wired, worker="w1", stop=threading.Event())

        # The sandbox knows that it was never handed over, so it was planned again, and was due.
        contact = Contact.objects.get(initiated_by="COLLECTOR")
        assert contact.status == ContactStatus.DELIVERED
        assert list(contact.events.order_by("id").values_list("before", "after"))[-4:-2] == [
            ("SENDING", "PLANNED"),
            ("PLANNED", "SENDING"),
        ]

    def test_a_database_that_is_away_is_tried_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        stop, troubles = threading.Event(), []

        def away() -> Wired:
            if len(troubles) >= 2:
                stop.set()
            raise OperationalError("no connection")

        monkeypatch.setattr(loop, "PATIENCE", 0.01)
        houses = iter([house(tmp_path)])
        loop.run(lambda: next(houses, None) or away(), worker="w1", stop=stop, troubled=troubles.append)
        assert set(troubles) == {"no connection"}
        assert len(troubles) >= 2

    def test_a_database_that_restarts_under_it_is_found_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("SQLite is no server that could restart")
        monkeypatch.setattr(loop, "PATIENCE", 0.05)
        monkeypatch.setattr(loop, "PAUSE", 0.05)
        wired, stop, told = house(tmp_path), threading.Event(), []
        troubled = threading.Event()
        cast.borrower()

        running = threading.Thread(
            target=loop.run,
            args=(lambda: wired,),
            kwargs={"worker": "w1", "stop": stop, "told": told.append, "troubled": lambda _: troubled.set()},
        )
        running.start()
        try:
            with connection.cursor() as cursor:
                while not troubled.is_set():
                    cursor.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=wired.gate)
            deadline = time.monotonic() + 20
            while not told and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            stop.set()
            running.join()
        assert told[0].sent.accepted == 1

    def test_a_duty_that_fails_ends_neither_the_worker_nor_the_other_duties(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever the fault is: nothing that comes in may end the worker."""

        class Poisoned(adapter.Sandbox):
            def receipts(self, *, at: datetime) -> Sequence[Receipt]:
                raise RuntimeError("poison")

        monkeypatch.setattr(adapter, "Sandbox", Poisoned)
        monkeypatch.setattr(loop, "PATIENCE", 0.01)
        wired, stop, troubles = house(tmp_path), threading.Event(), []
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=wired.gate)

        def troubled(trouble: str) -> None:
            troubles.append(trouble)
            if len(troubles) > 1 and Contact.objects.filter(status=ContactStatus.SENT).exists():
                stop.set()

        loop.run(lambda: wired, worker="w1", stop=stop, troubled=troubled)
        assert set(troubles) == {"hear: RuntimeError: poison"}
        assert Contact.objects.get().status == ContactStatus.SENT

    def test_whoever_is_no_longer_heard_is_no_longer_written_to(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What ends the thread that hears ends the worker, with its reason."""

        def lost(*_: object, **__: object) -> loop.Tick:
            raise BrokenPipeError("nobody reads what is told")

        monkeypatch.setattr(loop, "hear", lost)
        stop = threading.Event()
        with pytest.raises(BrokenPipeError):
            loop.run(lambda: house(tmp_path), worker="w1", stop=stop)
        assert stop.is_set()

    def test_once_says_that_a_duty_failed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise RuntimeError("poison")

        monkeypatch.setattr(adapter.Sandbox, "receipts", broken)
        with pytest.raises(loop.DutyFailed, match="poison"):
            loop.run_once(lambda: house(tmp_path), worker="w1", stop=threading.Event())

    def test_a_partner_who_answers_slowly_keeps_no_message_waiting(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wired, stop, slow, told = house(tmp_path), threading.Event(), threading.Event(), []
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=wired.gate)

        def post(*_: object, **__: object) -> webhook_adapter.Answer:
            slow.wait(20)
            return webhook_adapter.Answer(True, "HTTP 200")

        monkeypatch.setattr(webhook_adapter, "post", post)
        webhooks.register(url="https://slow.example/", kinds=[], at=cast.NOW, actor="test")
        webhooks.announce([webhooks.Notice("payment.taken", "P1", {})], at=cast.NOW)

        def heard(tick: loop.Tick) -> None:
            told.append(tick)
            if tick.sent.accepted:
                slow.set()
            if tick.notices:
                stop.set()

        loop.run(lambda: wired, worker="w1", stop=stop, told=heard)
        assert told[0].sent.accepted == 1
        assert slow.is_set()


@pytest.mark.django_db(transaction=True)
class TestCommand:
    def test_once_ends_by_itself_and_says_what_it_did(
        self, books_environment: dict[str, str], gate_contact: str
    ) -> None:
        command = [sys.executable, "-m", "arrears", "worker", "--once"]
        environment = books_environment | {"ARREARS_CLOCK": "system"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert "1 expired" in done.stdout
        assert Contact.objects.get(contact_id=gate_contact).status == ContactStatus.EXPIRED

    def test_once_says_what_waits_and_until_when(self, books_environment: dict[str, str], gate_contact: str) -> None:
        """A vendor that could not be spoken to puts contacts off: the next run has nothing to send, and says why."""
        later = datetime.fromisoformat("2090-01-06T09:30:00+08:00")
        Contact.objects.update(not_before=later, expires_at=later + timedelta(hours=2))
        command = [sys.executable, "-m", "arrears", "worker", "--once"]
        environment = books_environment | {"ARREARS_CLOCK": "system"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout == "worker: 1 contact waits until 2090-01-06 09:30 (Asia/Shanghai)\n"

    def test_sigterm_ends_it_cleanly(self, books_environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "arrears", "worker"]
        process = subprocess.Popen(command, env=books_environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert "pack cn+house@" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        process.stderr.close()


@pytest.fixture
def gate_contact() -> str:
    """A contact that was due when the tests' day was today, and has lost its sense by the machine's clock."""
    long_ago = datetime.fromisoformat("2020-01-06T09:30:00+08:00")
    cast.borrower()
    old = draft(planned_for=long_ago, expires_at=long_ago + timedelta(hours=2))
    contact_plan.plan([old], at=long_ago, actor="test", gate=gatehouse.shipped_gate())
    return old.contact_id
