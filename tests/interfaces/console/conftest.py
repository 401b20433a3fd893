"""Small books, one colleague of each role, and one look at all addresses, for the page tests."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.translation import trans_real
from tests import market, nights

from arrears.actions import explore_audit, take_complaint, take_request, wired
from arrears.interfaces.cli import setup
from arrears.interfaces.cli.benches import console_books
from arrears.interfaces.ui import moment, permissions
from arrears.kernel import clock
from arrears.records.apikeys import operations as apikeys
from arrears.records.apikeys.models import ApiKey
from arrears.records.audit.models import Event, Verification
from arrears.records.cases.models import Case, WorkItem
from arrears.records.complaints.operations import Intake
from arrears.records.compliance import flags
from arrears.records.compliance.models import Flag, Verdict
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.rights import holds
from arrears.records.rights.requests import Intake as Asked
from arrears.records.runs.models import TapeIngest
from arrears.records.signin.sessions import OPENED, SEEN
from arrears.records.staff import doors, teams
from arrears.records.staff import operations as staff
from arrears.records.staff.models import User
from arrears.records.webhooks import operations as webhooks
from arrears.records.webhooks.models import Delivery
from arrears.records.writeoffs.models import WriteOff

PASSWORD = "harbour-lantern-42"
CASES = 120
DAY = date(2026, 11, 23)
TEN = clock.at_local(DAY, time(10), "Asia/Shanghai")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
#: The machine that runs the tests may be slow and busy; a page that is late is not a page that is wrong.
PATIENCE_MS = 120_000


@pytest.fixture(scope="session", autouse=True)
def both_languages():
    """The catalogues, compiled into the tests' home, and read anew should a page have been read before."""
    setup.compile_messages()
    trans_real._translations.clear()
    trans_real._default = None


@pytest.fixture(scope="module")
def shared_books(shared_rows):
    """120 made-up cases and a colleague of each role."""
    with shared_rows():
        _write()


@pytest.fixture
def books(shared_books, db):
    """The shared books; what a test changes is undone after it."""


@pytest.fixture
def committed_books(transactional_db):
    """The same books, committed, for a browser that asks a server."""
    _write()


@pytest.fixture
def browser(monkeypatch):
    """A headless Chromium; skips, loudly, where there is none."""
    if CHROMIUM is None:
        pytest.skip("browser not tested here: no chromium or google-chrome in PATH")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
        # Inside the browser's loop a test has a connection of its own, which nothing else would close.
        connections.close_all()


@pytest.fixture
def surf(browser, live_server):
    """`surf("AGENT")` is a browser page in which that colleague is signed in; without a role, a stranger's."""
    opened = {}

    def page_of(role: str = "", *, language: str = "zh-hans"):
        if (role, language) not in opened:
            context = browser.new_context(base_url=live_server.url, locale=language)
            context.set_default_timeout(PATIENCE_MS)
            jar = {settings.LANGUAGE_COOKIE_NAME: language}
            if role:
                client = Client()
                client.force_login(User.objects.get(role=role))
                jar[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in jar.items()])
            opened[role, language] = context.new_page()
        return opened[role, language]

    return page_of


def _write() -> None:
    console_books.fill(CASES)
    at = datetime(2026, 11, 20, tzinfo=UTC)
    apikeys.issue(name="Core banking", scopes=["payments:write"], at=at, actor="test")
    webhooks.register(url="https://partner.example/hooks", kinds=(), at=at, actor="test")
    teams.put(code="EAST", name="East", regions=[], members=(), is_new=True)
    webhooks.announce([webhooks.Notice("payment.taken", "P1", {"payment_id": "P1"})], at=at)
    _complaint(at=at)
    _rights(Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id").first().person_id, at=at)
    _flag(Contact.objects.filter(case__isnull=False).order_by("contact_id").first(), at=at)
    everyone(joined_on=date(2026, 11, 20))
    explore_audit.begin_day(date(2026, 11, 20), today=DAY, zone="Asia/Shanghai", at=at, actor="test")


def _complaint(*, at: datetime) -> None:
    """One complaint, of nobody known, so that nobody's contact rests."""
    intake = Intake("c" * 32, "", "", "REGULATOR", "THIRD_PARTY", "OTHER", "请核查。", regulator="示例监管局")
    take_complaint.take(intake=intake, at=at, actor="test", gate=wired.here().gate)


def _rights(customer_id: str, *, at: datetime) -> None:
    """A request of one person about their data, and a hold on them."""
    asked = Asked("d" * 32, customer_id, "EXPLANATION", "PHONE", "DOCUMENT", text="为什么？")
    take_request.take(intake=asked, at=at, actor="test", gate=wired.here().gate)
    holds.put(holds.Wanted("h" * 32, customer_id, "LITIGATION", "court asks"), at=at, actor="test")


def _flag(contact: Contact, *, at: datetime) -> None:
    """One record for the quality checks."""
    found = {"label": "ABUSE_INSULT", "severity": 2, "spans": [[0, 4]], "rule": "CN-CBA26-BAN-THREAT"}
    about = {"case_id": contact.case_id, "customer_id": contact.person_id, "channel": contact.channel}
    flags.raise_flag(subject_id=contact.contact_id, said="NOTE", findings=[found], at=at, actor="test", **about)


def everyone(*, joined_on: date) -> None:
    """A colleague of each role, and somebody of an agency that comes in from this machine."""
    joined_at = datetime.combine(joined_on, time(0), UTC)
    doors.put(agency="EXAMPLE_EAST", networks=["127.0.0.0/24"], is_open=True)
    staff.add(
        username="agency",
        display_name="Agency",
        role="AGENCY",
        language="en",
        password=PASSWORD,
        joined_at=joined_at,
        agency="EXAMPLE_EAST",
    )
    for role in sorted(permissions.COLLEAGUES):
        staff.add(
            username=role.lower(),
            display_name=role.title(),
            role=role,
            language="en",
            password=PASSWORD,
            joined_at=joined_at,
        )


@pytest.fixture
def enter(books):
    """`enter("AGENT")` is a browser in which that colleague is signed in."""
    return signed_in


def addresses() -> dict[str, str]:
    """URL name → a real address of these books, for every page of the console."""
    case = Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id").first()
    known = {
        "case_id": case.case_id,
        "work_id": WorkItem.objects.filter(case=case).get().work_id,
        "contact_id": Contact.objects.filter(case=case).order_by("contact_id").first().contact_id,
        "write_off_id": WriteOff.objects.order_by("write_off_id").first().write_off_id,
        "contact_point_id": ContactPoint.objects.filter(person=case.person).first().contact_point_id,
        "placement_id": "0" * 32,
        "step_id": "0" * 32,
        "user_id": User.objects.get(role="AGENT").pk,
        "as_of": console_books.AS_OF,
        "tape_id": TapeIngest.objects.latest("id").pk,
        "stop_id": 1,
        "flag_id": Flag.objects.get().flag_id,
        "complaint_id": "c" * 32,
        "message_id": "m" * 32,
        "customer_id": case.person_id,
        "hold_id": "h" * 32,
        "consent_id": "0" * 32,
        "request_id": "d" * 32,
        "verdict_id": Verdict.objects.first().pk,
        "name": "us+ma",
        "prefix": ApiKey.objects.get().prefix,
        "code": "EAST",
        "agency": "EXAMPLE_EAST",
        "endpoint_id": Delivery.objects.get().endpoint_id,
        "delivery_id": Delivery.objects.get().delivery_id,
        "event_id": Event.objects.filter(subject_id=case.person_id).earliest("id").pk,
        "verification_id": Verification.objects.get().pk,
    }
    found = {}
    for name, (forms, *_rest) in get_resolver().reverse_dict.items():
        if isinstance(name, str) and not name.startswith("api"):
            _path, needed = forms[0]
            found[name] = reverse(name, kwargs={key: known[key] for key in needed})
    return found


@pytest.fixture
def ten_in_the_morning(monkeypatch):
    """The clock that pages are given stands at ten on the day of the night."""
    fixed = wired.Wired(now=lambda: TEN, gate=wired.here().gate, open_channels=dict)
    monkeypatch.setattr(moment.wired, "here", lambda: fixed)


@pytest.fixture(scope="module")
def shared_late(shared_rows, tmp_path_factory):
    """The folder of a lake of two people; its night is in the books."""
    folder = tmp_path_factory.mktemp("late")
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    tape.customer("C2", mobile="13800000002")
    tape.account("A2", "C2", first_due=DAY - timedelta(days=400))
    with shared_rows(), nights.lake_in(folder, partitions=2):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        everyone(joined_on=date(2026, 11, 1))
    return folder


@pytest.fixture
def late(shared_late, db, settings, tmp_path, ten_in_the_morning):
    """C1 is seven days late with one account of 105.00; C2 is 400 days late."""
    nights.go_on_from(shared_late, tmp_path, settings, partitions=2)
    return Case.objects.get(person_id="C1")


def signed_in(role: str) -> Client:
    """A browser in which a colleague has just signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(role=role))
    session, now = client.session, int(clock.SystemClock().now().timestamp())
    session.update({OPENED: now, SEEN: now})
    session.save()
    return client
