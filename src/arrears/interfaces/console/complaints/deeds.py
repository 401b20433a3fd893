"""What can be done to a complaint: each is one POST and one call below; a refusal is told with what was entered."""

from __future__ import annotations

from django.utils.translation import gettext

from arrears.actions import reveal_sealed, take_complaint, wired, work_complaint
from arrears.interfaces.console import deeds, fields
from arrears.interfaces.console.complaints import forms, views
from arrears.interfaces.console.deeds import Asked
from arrears.interfaces.ui.templatetags import ui

_deed = deeds.on("complaint", page=views.page, turn=fields.turn, first=views.access)


@_deed
def acknowledge(asked: Asked) -> str:
    """Whoever complained was told that it is looked into."""
    work_complaint.acknowledge(**asked.seen)
    return gettext("It is on record that the complaint was acknowledged.")


@_deed
def classify(asked: Asked) -> str:
    """What it is about, and whom."""
    work_complaint.classify(
        **asked.seen,
        kind=asked.text("kind"),
        about=take_complaint.about(asked.text("about")),
    )
    return gettext("What the complaint is about is on record.")


@_deed
def attach(asked: Asked) -> str:
    """Whose it is, where nobody knew."""
    is_alerted = work_complaint.attach(**asked.seen, whose=asked.text("whose"))
    told = gettext("It is on record whose complaint this is. Collection rests meanwhile.")
    if is_alerted:
        told += " " + gettext(
            "The words show a risk to a life: collection is stopped, and those who may care are told."
        )
    return told


@_deed
def link(asked: Asked) -> str:
    """Which contacts it is about."""
    chosen = asked.given.getlist("contact_id")
    work_complaint.link(**asked.seen, contact_ids=chosen)
    return gettext("The contacts that the complaint is about are on record.")


@_deed
def answer(asked: Asked) -> str:
    """What was found, why it happened, what is done about it, what the person is told."""
    is_let_go = work_complaint.answer(
        **asked.seen,
        outcome=asked.text("outcome"),
        root_cause=asked.text("root_cause"),
        remedy=asked.text("remedy"),
        text=fields.words(asked.given, "text"),
    )
    if reveal_sealed.is_answer_held(asked.seen["complaint_id"]):
        held = gettext("The answer is on record. Do not send it yet: the compliance desk looks at its words first.")
        return f"{held} {gettext('Until then collection rests.')}"
    return f"{gettext('The answer is on record.')} {_peace(is_let_go)}"


@_deed
def withdraw(asked: Asked) -> str:
    """Whoever complained takes it back."""
    note = asked.text("note")
    is_let_go = work_complaint.withdraw(**asked.seen, note=note)
    return f"{gettext('The complaint is withdrawn.')} {_peace(is_let_go)}"


@_deed
def extend(asked: Asked) -> str:
    """The answer takes longer, as the law allows, and why."""
    due_on = work_complaint.extend(
        **asked.seen,
        note=asked.text("note"),
        gate=wired.here().gate,
    )
    return gettext("The answer is due on %(on)s now. Tell whoever complained, and why.") % {"on": ui.day(due_on)}


@_deed
def reopen(asked: Asked) -> str:
    """It is looked into again."""
    work_complaint.reopen(
        **asked.seen,
        note=asked.text("note"),
        gate=wired.here().gate,
    )
    return gettext("The complaint is open again: its clock runs anew, and collection rests.")


@_deed
def escalate(asked: Asked) -> str:
    """It is before a regulator."""
    due_on = work_complaint.escalate(
        **asked.seen,
        regulator=asked.text("regulator")[: forms.REGULATOR_MAX],
        reference=asked.text("reference")[: forms.REFERENCE_MAX],
        reply_on=fields.day_or_none(asked.given, "reply_on"),
        gate=wired.here().gate,
    )
    return gettext("The complaint is with the regulator; the answer is due on %(on)s.") % {"on": ui.day(due_on)}


def _peace(is_let_go: bool) -> str:
    if is_let_go:
        return gettext("Collection rests no longer for this complaint.")
    return gettext("Nothing changes in whom we may contact: another reason holds, or nothing rested.")
