"""Every word that somebody may choose is a script here; on the pages it is a word."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from tests import market, nights
from tests.interfaces.console.conftest import DAY, everyone, signed_in
from tests.interfaces.console.test_attacks import is_run

from arrears.interfaces.ui import permissions
from arrears.records.apikeys import operations as apikeys
from arrears.records.cases.models import Case
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.staff.models import User

SCRIPT = "\"'><svg onload=alert(1)><script>alert(2)</script>{{ 7|add:7 }}"


@pytest.fixture
def hostile(db, settings, tmp_path, ten_in_the_morning) -> Case:
    """A lender in whose books identifiers, names, notes and colleagues are scripts."""
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    tape.customer(f"C1{SCRIPT[:40]}", mobile="13800000001", name=SCRIPT)
    tape.account(f"A1{SCRIPT[:40]}", f"C1{SCRIPT[:40]}", first_due=DAY.replace(day=16))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    everyone(joined_on=DAY.replace(day=1))
    User.objects.update(display_name=SCRIPT)
    apikeys.issue(name=SCRIPT[:50], scopes=["cases:read"], at=nights.moment(DAY), actor="test")
    return Case.objects.get()


class TestScriptsInWords:
    def test_they_are_words_on_every_page(self, hostile):
        agent = signed_in("AGENT")
        point = ContactPoint.objects.get()
        agent.post(f"/cases/{hostile.pk}/calls/", {"contact_point_id": point.pk})
        call = Contact.objects.get(channel="CALL")
        agent.post(f"/calls/{call.pk}/outcome/", {"outcome": "RIGHT_PARTY", "note": SCRIPT})
        agent.post("/cases/search/", {"q": SCRIPT}, follow=True)
        agent.post(f"/cases/{hostile.pk}/stop/", {"reason": "DISPUTED", "note": SCRIPT})
        seen = 0
        for role in sorted(permissions.EVERYONE):
            client = signed_in(role)
            pages = [
                "/",
                "/cases/",
                f"/cases/{hostile.pk}/",
                "/work/",
                "/contacts/",
                f"/contacts/{call.pk}/",
                "/stops/",
            ]
            pages += [
                "/staff/",
                "/keys/",
                "/webhooks/",
                "/verdicts/",
                "/heard/",
                "/complaints/",
                "/quality/",
                "/nights/",
            ]
            for url in [*pages, f"/cases/?q={SCRIPT}", f"/no{SCRIPT}/"]:
                content = client.get(url).content.decode()
                page = BeautifulSoup(content, "html.parser")
                assert "<svg onload" not in content, (role, url)
                assert [tag for tag in page.find_all("script") if is_run(tag)] == [], (role, url)
                assert [tag for tag in page.find_all() if any(key.startswith("on") for key in tag.attrs)] == []
                seen += "svg onload" in page.get_text()
        assert seen > len(permissions.EVERYONE), "the words were shown"

    def test_and_where_they_were_opened(self, hostile):
        form = {"what": "NAME", "subject_id": hostile.person_id, "purpose": "IDENTITY", "reason": ""}
        content = signed_in("SUPERVISOR").post(f"/cases/{hostile.pk}/reveal/", form, follow=True).content.decode()
        assert "<svg onload" not in content
