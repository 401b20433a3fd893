"""A page whose address has a misspelt or wrong part says so; what pages link to and send themselves is understood."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.test import Client
from tests.interfaces.console.conftest import addresses, signed_in

from arrears.interfaces.ui import permissions
from arrears.records.staff.models import User

#: Everything that is a list, or is narrowed by its address.
LISTS = frozenset(
    [
        "dashboard",
        "cases",
        "work",
        "write-offs",
        "contacts",
        "stops",
        "heard",
        "complaints",
        "complaint-statistics",
        "quality",
        "verdicts",
        "verdict",
        "packs",
        "pack",
        "simulate",
        "privacy",
        "retention",
        "legal-holds",
        "consents",
        "subject-requests",
        "audit",
        "nights",
        "staff",
        "teams",
        "agencies",
        "access-table",
        "keys",
        "webhooks",
    ]
)
NOTICE = re.compile(r'id="not-understood".*?Not understood in this address, and left out: (.*?)</div>', re.DOTALL)

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


def told(client: Client, url: str, **headers: str) -> str:
    """What the notice of a page names; blank where there is none."""
    found = NOTICE.findall(client.get(url, headers=headers).content.decode())
    assert len(found) < 2, url
    return html.unescape(found[0]).strip() if found else ""


def pages() -> Iterator[tuple[str, str, Client, str]]:
    """Each page of the console as somebody who may open it: its name, its address, who it is, and its text."""
    clients = {role: signed_in(role) for role in sorted(permissions.EVERYONE)}
    for name, url in addresses().items():
        for role in () if permissions.is_public(name) else sorted(permissions.ROLES[name]):
            answer = clients[role].get(url)
            if answer.status_code == 200 and 'id="content"' in answer.content.decode():
                yield name, url, clients[role], answer.content.decode()
                break


class Sent(HTMLParser):
    """Every query that a page offers: of its links, and of its forms the first and last choice, and something typed."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fields: list[tuple[str, str]] = []
        self._select, self._is_get = "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "?" in given.get("href", ""):
            self.links.append(given["href"])
        if tag == "form":
            self._is_get = given.get("method", "").lower() == "get"
        if not self._is_get:
            return
        self._select = given.get("name", "") if tag == "select" else self._select
        if tag == "option" and "value" in given:
            self.fields.append((self._select, given["value"]))
        if tag == "input" and given.get("name"):
            typed = "2026-11-23" if given.get("type") == "date" else "1"
            self.fields.append((given["name"], given.get("value") or typed))

    def queries(self) -> set[str]:
        by_name: dict[str, list[str]] = {}
        for name, value in self.fields:
            by_name.setdefault(name, []).append(value)
        chosen = [(name, value) for name, values in by_name.items() for value in {values[0], values[-1]}]
        return {*self.links, *(f"?{urlencode([each])}" for each in chosen)}


def test_every_page_tells_a_part_that_it_does_not_follow(books):
    found = {name: told(client, f"{url}?nonsense=1") for name, url, client, _text in pages()}

    assert LISTS - found.keys() == set()
    assert [name for name, parts in found.items() if parts != "nonsense=1"] == []
    assert told(signed_in("AGENCY"), "/cases/?nonsense=1&status=OPEN") == "nonsense=1, status=OPEN"


def test_no_page_tells_of_its_own_links_and_forms(books):
    wrong, asked = {}, set()
    for _name, url, client, text in pages():
        sent = Sent()
        sent.feed(text)
        for query in sorted(sent.queries()):
            parts = urlsplit(urljoin(url, query))
            shape = (parts.path, re.sub(r"=[^&]{9,}", "=", parts.query))
            if not parts.scheme and shape not in asked:
                asked.add(shape)
                if named := told(client, urljoin(url, query)):
                    wrong[urljoin(url, query)] = named

    assert len(asked) > 60
    assert wrong == {}


@pytest.mark.parametrize(
    ("role", "url", "named"),
    [
        ("SUPERVISOR", "/cases/?status=NONSENSE&least=abc", "status=NONSENSE, least=abc"),
        ("SUPERVISOR", "/cases/?currency=renminbi&before=!", "currency=renminbi, before=!"),
        ("SUPERVISOR", "/work/?kind=NONE&mine=no", "kind=NONE, mine=no"),
        ("SUPERVISOR", "/complaints/?which=LATE&agency=X", "which=LATE, agency=X"),
        ("SUPERVISOR", "/complaints/statistics/?days=31", "days=31"),
        ("SUPERVISOR", "/write-offs/?status=NONSENSE", "status=NONSENSE"),
        ("SUPERVISOR", "/quality/?status=X&label=Y", "status=X, label=Y"),
        ("SUPERVISOR", "/heard/?signal=JOY&risk=yes", "signal=JOY, risk=yes"),
        ("SUPERVISOR", "/stops/?after=x", "after=x"),
        ("SUPERVISOR", "/packs/?together=us&together=zz", "together=zz"),
        ("SUPERVISOR", "/packs/cn/?on=31-12&kind=X", "on=31-12, kind=X"),
        ("SUPERVISOR", "/contacts/?on=31-12&status=X", "on=31-12, status=X"),
        ("SUPERVISOR", "/nights/?before=today", "before=today"),
        ("COMPLIANCE", "/privacy/?days=1", "days=1"),
        ("COMPLIANCE", "/privacy/requests/?which=X&kind=Y", "which=X, kind=Y"),
        ("COMPLIANCE", "/privacy/consents/?which=X&purpose=Y", "which=X, purpose=Y"),
        ("COMPLIANCE", "/privacy/holds/?which=X", "which=X"),
        ("COMPLIANCE", "/privacy/retention/?find=yes", "find=yes"),
        ("COMPLIANCE", "/audit/?from=31-12", "from=31-12"),
        ("COMPLIANCE", "/cases/?x=<b>&after=x", "x=<b>, after=x"),
    ],
)
def test_a_wrong_value_is_told(books, role, url, named):
    assert told(signed_in(role), url) == named


def test_a_list_that_is_asked_for_alone_brings_the_notice_with_it_and_takes_it_away(books):
    client, htmx = signed_in("SUPERVISOR"), {"hx-request": "true", "hx-target": "case-table"}
    wrong = client.get("/cases/?least=abc", headers=htmx).content.decode()
    right = client.get("/cases/?least=1", headers=htmx).content.decode()

    assert told(client, "/cases/?least=abc", **htmx) == "least=abc"
    assert 'id="not-understood" aria-live="polite" hx-swap-oob="true">' in wrong
    assert 'id="not-understood" aria-live="polite" hx-swap-oob="true"></div>' in right
    assert "hx-swap-oob" not in client.get("/cases/?least=abc").content.decode()


def test_who_may_not_open_a_page_is_told_no_more(books):
    page = signed_in("ANALYST").get("/stops/?text=13800000001")

    assert page.status_code == 403
    assert "Not understood" not in page.content.decode()


def test_a_form_that_was_refused_tells_nothing_of_its_address(books):
    page = signed_in("ADMIN").post("/staff/add/?name=x", {"username": ""})

    assert page.status_code == 200
    assert User.objects.filter(username="").count() == 0
    assert "Not understood" not in page.content.decode()
