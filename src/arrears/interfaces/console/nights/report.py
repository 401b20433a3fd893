"""How is a run report read aloud? Stored figures as labelled lines, a tape's counts and quarantine reasons in words.

Called by the night and tape pages. A figure that has no label of its own is shown under its stored name, not dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.decisions.tape import reasons
from arrears.interfaces.ui import rights_words, sentences

STEPS: Mapping[str, Promise] = {
    "FACTS": _("Freeze what the books know"),
    "PARTITIONS": _("Decide every partition"),
    "FIGURES": _("Add the figures up"),
    "BOOKS": _("Bring the decisions into the books"),
    "CONTACTS": _("Plan contacts"),
    "RETENTION": _("Delete what was kept as long as it must be"),
}

LABELS: Mapping[str, Promise] = {
    "tape": _("Loan tape used"),
    "pack": _("Rule pack"),
    "policy_fault": _("Policy edit that is not in force"),
    "accounts": _("Accounts"),
    "positions": _("Positions"),
    "standings": _("People and currencies that owe"),
    "actions": _("Treatments decided"),
    "quarantined": _("Accounts set aside"),
    "paid_meanwhile": _("People who paid while the night ran"),
    "promises.kept": _("Promises to pay kept"),
    "promises.broken": _("Promises to pay broken"),
    "promises_unkept": _("Promises to pay kept no more, as their money went back"),
    "recoveries_told": _("Payments on written-off debts that the tape told"),
    "contacts_cancelled": _("Contacts cancelled"),
    "cases.opened": _("Cases opened"),
    "cases.closed": _("Cases closed"),
    "cases.open": _("Cases open"),
    "cases.stage_changed": _("Cases that changed stage"),
    "cases.cases_inserted": _("Case rows added"),
    "cases.cases_updated": _("Case rows changed"),
    "cases.accounts": _("Account rows changed"),
    "cases.work_opened": _("Work opened"),
    "cases.work_cancelled": _("Work cancelled"),
    "cases.work_renewed": _("Work renewed as its stage changed"),
    "cases.write_offs_proposed": _("Write-offs proposed"),
    "cases.write_offs_lapsed": _("Write-off proposals lapsed"),
    "contacts.expired": _("Contacts too late to plan"),
    "contacts.planned": _("Contacts allowed at once when planned"),
    "contacts.held": _("Contacts held until a lawful moment when planned"),
    "contacts.refused": _("Contacts refused when planned"),
    "contacts.paid_meanwhile": _("Contacts not planned, as their people paid meanwhile"),
    "contacts.known": _("Contacts planned before"),
    "contacts.day_has_passed": _("Contacts not planned, as their day had passed"),
    "retention.state": _("Deleting what was kept as long as it must be"),
    "retention.people": _("People of whom something was deleted"),
    "retention.held": _("Due, but under legal hold"),
    "retention.left": _("Due, but something is open"),
    "retention.next_on": _("Looked for again on"),
}


RETENTION: Mapping[str, Promise] = {
    "OFF": _("switched off"),
    "NO_SCHEDULE": _("no schedule is in force"),
    "NOT_APPROVED": _("waits: two people approve the schedule first"),
    "NOTHING_DUE": _("nothing was due"),
    "LOOKED": _("looked for"),
}


@dataclass(frozen=True)
class Line:
    """One figure of a report."""

    label: str
    value: Any
    is_number: bool


def step(name: str) -> str:
    """A step of the night in words."""
    return sentences.said(STEPS, name.upper())


def lines(figures: Mapping[str, Any]) -> list[Line]:
    """The report's figures, the steps' seconds last."""
    return list(_lines(figures, ""))


def _lines(figures: Mapping[str, Any], under: str) -> Iterator[Line]:
    for name, value in figures.items():
        path = f"{under}{name}"
        if path == "seconds" or isinstance(value, list):
            continue  # shown in tables of their own
        if under == "by_stage.":
            told = gettext("People in stage %(stage)s") % {"stage": sentences.code(name)}
            yield Line(told, value, is_number=True)
            continue
        if under == "retention.kinds.":
            told = gettext("Deleted: %(kind)s") % {"kind": sentences.said(rights_words.KINDS, name)}
            yield Line(told, value, is_number=True)
        elif path == "retention.state":
            yield Line(str(LABELS[path]), sentences.said(RETENTION, value), is_number=False)
        elif isinstance(value, Mapping):
            yield from _lines(value, f"{path}.")
        else:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            yield Line(sentences.said(LABELS, path), value, is_number)


def quarantined_accounts(figures: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Some of the accounts that the night set aside, each with its reason."""
    listed = figures.get("quarantined_accounts", [])
    return listed if isinstance(listed, list) else []


def seconds(figures: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Step in words → how long it took."""
    return [(step(name), float(taken)) for name, taken in figures.get("seconds", {}).items()]


def headline(figures: Mapping[str, Any]) -> dict[str, Any]:
    """What the list of nights shows of one."""
    cases = figures.get("cases", {})
    return {
        "opened": cases.get("opened"),
        "closed": cases.get("closed"),
        "quarantined": figures.get("quarantined"),
        "seconds": sum(figures.get("seconds", {}).values()) if "seconds" in figures else None,
    }


def tape_totals(report: Mapping[str, Any]) -> dict[str, int | None]:
    """Rows read, accepted and set aside."""
    return {name: report.get(name) for name in ("read", "accepted", "quarantined")}


def tape_files(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One line a file, with why rows were set aside."""
    return [{**file, "why": _reasons(file.get("reasons", {}))} for file in report.get("files", [])]


def _reasons(counted: Mapping[str, int]) -> list[tuple[str, str, int]]:
    told = []
    for code, count in sorted(counted.items(), key=lambda item: -item[1]):
        english, chinese = reasons.MEANINGS.get(code, (code, code))
        told.append((code, sentences.in_language(chinese, english), count))
    return told
