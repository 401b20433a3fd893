"""Which entries does the menu show this person? Only addresses that the permission table lets them open."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arrears.actions import wired
from arrears.actions.contact_gate import ClosedGate
from arrears.interfaces.ui import at_risk, moment, parts, permissions
from arrears.records.contacts import strangers
from arrears.records.runs import queries as runs

#: URL name, label, icon; in the order of a working day.
ENTRIES: tuple[tuple[str, Promise, str], ...] = (
    ("dashboard", _("Overview"), "home"),
    ("cases", _("Cases"), "folder-open"),
    ("work", _("Work queues"), "list"),
    ("contacts", _("Contacts"), "messages"),
    ("write-offs", _("Write-offs"), "file-dollar"),
    ("stops", _("Stop list"), "hand-stop"),
    ("heard", _("People heard"), "message"),
    ("complaints", _("Complaints"), "alert-triangle"),
    ("privacy", _("Privacy"), "lock"),
    ("audit", _("Audit trail"), "history"),
    ("quality", _("Quality checks"), "shield-check"),
    ("verdicts", _("Gate log"), "gavel"),
    ("packs", _("Rule packs"), "scale"),
    ("nights", _("Nights"), "moon"),
    ("staff", _("Staff"), "users"),
    ("teams", _("Teams"), "users"),
    ("agencies", _("Agencies"), "building"),
    ("access-table", _("Access table"), "eye"),
    ("keys", _("API keys"), "lock"),
    ("webhooks", _("Webhooks"), "mail"),
)


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    url: str
    label: Promise
    icon: str
    is_current: bool


def home(role: str) -> str:
    """The first page of a role: the first that the menu offers it."""
    return next((reverse(name) for name, _label, _icon in ENTRIES if permissions.may(role, name)), reverse("account"))


def page_frame(request: HttpRequest) -> dict[str, object]:
    """Context of every page: the menu, the business day, and what this role may do (`allowed.case_payment`)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "allowed": {}}
    path = request.path
    entries = []
    for name, label, icon in ENTRIES:
        if permissions.may(user.role, name):
            url = reverse(name)
            is_current = path == url if url == "/" else path.startswith(url)
            entries.append(Entry(url=url, label=label, icon=icon, is_current=is_current))
    allowed = {name.replace("-", "_"): permissions.may(user.role, name) for name in permissions.ROLES}
    gate = wired.here().gate
    waiting = at_risk.waiting(user, at=moment.of(request).at) if allowed["heard"] else at_risk.Waiting()
    return {
        "menu": entries,
        "home": home(user.role),
        "allowed": allowed,
        "business_on": moment.of(request).business_on,
        "looked_at": moment.of(request).at,
        "not_understood": parts.of(request).not_understood() if request.method == "GET" else [],
        "half_night_on": runs.half_done_on(),
        "waiting_for_care": waiting.care,
        "threats_undecided": waiting.safety,
        "unopened_cries": strangers.unopened_count() if allowed["heard_stranger"] else 0,
        "policy_fault": gate.fault,
        "gate_is_closed": isinstance(gate, ClosedGate),
    }
