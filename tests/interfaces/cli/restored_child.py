"""An installation that lives and is looked at: run as `python -m tests.interfaces.cli.restored_child WHAT`.

`live` lives a night; `pay` takes payments until its input ends, and prints how many; `console` signs a colleague in,
opens the list and a case, and opens a sealed name. The books, the home and the keys are those of the environment.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from datetime import date
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from tests import cast, market, nights  # noqa: E402

from arrears.actions import anchor_audit, take_payment  # noqa: E402
from arrears.interfaces.cli import setup  # noqa: E402
from arrears.records.cases.models import Case, CaseAccount  # noqa: E402
from arrears.records.people.models import Person  # noqa: E402
from arrears.records.privacy import cipher  # noqa: E402
from arrears.records.staff.models import User  # noqa: E402

DAY = date(2026, 11, 23)
POLICY = "# the lender's own\n"


def live() -> None:
    """Books of a night with one colleague, and a policy and an anchor in the home."""
    setup.ensure_ready()
    home = Path(settings.HOME)
    cast.supervisor()
    nights.take(market.mixed(DAY, customers=8), home / "tapes", DAY)
    nights.run(DAY)
    anchor_audit.anchor(home / anchor_audit.FOLDER, at=cast.NOW)
    (home / "policies").mkdir()
    (home / "policies" / "own.toml").write_text(POLICY)


def pay() -> int:
    """Payments, each with its journal entry, its case and its events, a transaction each."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    account, number = CaseAccount.objects.filter(dpd__gt=0).order_by("account_id").first(), 0
    while not ended.is_set():
        take_payment.take_payment(
            payment_id=f"W{number}", account_id=account.account_id, amount_minor=1, currency="CNY", paid_on=DAY,
            channel="BANK", source="API", as_of=DAY, at=cast.NOW, actor="api:1",
        )  # fmt: skip
        if not number:
            sys.stderr.write("begun\n")
            sys.stderr.flush()
        number += 1
        time.sleep(0.01)  # who pays through the API leaves others a turn too
    return number


def console() -> dict[str, object]:
    """The pages as a supervisor sees them, and a name that was sealed."""
    setup.ensure_ready(static=True)
    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    client.force_login(User.objects.filter(role="SUPERVISOR").first())
    case = Case.objects.order_by("case_id").first()
    pages = [reverse("cases"), reverse("case", args=[case.case_id])]
    person = Person.objects.get(pk=case.person_id)
    name = cipher.unseal(person.name_sealed, context=f"people.person.name:{person.pk}")
    return {"pages": [client.get(page).status_code for page in pages], "customer": person.pk, "name": name}


if __name__ == "__main__":
    json.dump({"live": live, "pay": pay, "console": console}[sys.argv[1]](), sys.stdout, ensure_ascii=False)
