"""How is a refusal told to the person who asked? In their language, with the facts it carries.

Each refusal has a stable code; its sentence is here when the code is known, and the English one it brings when not.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from arrears.interfaces.ui import sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.kernel.errors import Refusal
from arrears.rules.compliance.facts import Verdict

SENTENCES: Mapping[str, Promise] = {
    "nobody_active": _("The password was not set: this colleague may not sign in."),
    "not_theirs_to_lift": _("Only the compliance desk lifts this stop."),
    "retention_asked_already": _("Somebody has already asked for this schedule to be approved."),
    "retention_nothing_to_approve": _("Nobody asked for this schedule to be approved, or it has changed since."),
    "retention_same_person": _("The schedule is approved by another person than the one who asked for it."),
    "retention_schedule_differs": _("The schedule is another one than the one you saw: look at it again."),
    "not_a_day": _("Choose a day."),
    "day_to_come": _("This day has not come yet: there is nothing to verify."),
    "unable_to_assign": _("This case is closed, or this colleague does not work here any more."),
    "unable_to_move_work": _("Somebody else has already answered this work."),
    "no_such_transition": _("Somebody else was faster: this has already been done or is no longer possible."),
    "agency_wrong": _("People of an outside agency name their agency; nobody else has one."),
    "not_networks": _("Networks are written like 203.0.113.0/24, one a line; this is none, or too wide."),
    "second_person_needed": _(
        "This is granted by another administrator than the one who asked for it or whom it concerns."
    ),
    "grant_waits": _("This already waits for a second administrator: decide that first."),
    "unable_to_move_case": _("This case is closed, or there is no such team."),
    "bound_key_reads": _("A key bound to teams only reads cases and contacts."),
    "wrong_sign_in": _("User name and password do not fit together."),
    "password_over": _(
        "This password was made for you some days ago, and has ended: ask an administrator for another one."
    ),
    "wrong_password": _("This is not your present password."),
    "wrong_code": _("This code is not right, or was used before."),
    "unable_to_close_own_door": _("You cannot take away your own access or your own role."),
    "own_sign_in": _("Your own password and second factor are changed on the page of your account."),
    "no_town": _("This home holds no demo lender: a real lender's next day comes with its tape."),
    "night_has_passed": _("The books already stand at a later day: this night cannot be run any more."),
    "night_is_running": _("A night is running at this moment: wait until it is over."),
    "tape_is_running": _("A tape is being taken in at this moment: wait until it is in."),
    "backup_is_begun": _("A backup is being begun at this moment: wait a moment."),
    "lake_busy": _("The lake is being written by another process: wait a moment."),
    "day_is_being_lived": _("The next day is already being lived."),
    "stop_ends_before_it_begins": _("The stop would end before it begins."),
    "unable_to_stop": _("There is no such person."),
    "wrong_form": _("What was entered is not valid: check each field."),
    "not_an_amount": _("This is not an amount."),
    "amount_too_large": _("This amount is larger than any that can be posted."),
    "amount_too_precise": _("This amount has more decimals than its currency."),
    "payment_amount_wrong": _("This payment cannot be posted: the amount must be more than nothing."),
    "payment_currency_wrong": _("This payment cannot be posted: the account is kept in another currency."),
    "payment_names_a_person": _(
        "This payment cannot be posted: its number or way holds a name, or a number or address of a person."
    ),
    "payment_in_future": _("This payment cannot be posted: its value date lies after today."),
    "payment_before_opening": _("This payment cannot be posted: its value date lies before the account was opened."),
    "payment_differs": _("A payment with this number is already known, with other content."),
    "no_such_payment": _("This payment cannot be reversed: the account has no such payment."),
    "payment_is_a_reversal": _("This payment cannot be reversed: it is itself a reversal."),
    "payment_reversed_already": _("This payment cannot be reversed: it is reversed already."),
    "unknown_reversal_reason": _("Choose a reason."),
    "unknown_account": _("The lake does not know this account: has its tape been taken in?"),
    "not_your_contact_point": _("This number or address does not reach this person."),
    "unknown_outcome": _("Choose an outcome."),
    "no_such_contact": _("There is no such contact."),
    "unable_to_move_contacts": _("The outcome of this contact is on record already."),
    "gate_is_closed": _("There is no rule pack that can be used: nobody is contacted."),
    "unable_to_lift": _("This stop does not hold any more."),
    "same_person": _("A write-off is decided by another person than the one who proposed it."),
    "posted_by_same_person": _("A write-off is posted by another person than the one who approved it."),
    "nothing_to_write_off": _("Nothing is owed on this account any more."),
    "unable_to_confirm_key": _("No key of this name waits: it is confirmed or revoked already."),
    "key_needs_second": _("A key is confirmed by another administrator than the one who made it."),
    "unable_to_revoke_key": _("There is no live key of this name: it may have been revoked already."),
    "webhook_address_wrong": _("The address must be http or https, with a host and without a user name."),
    "webhook_address_plain": _("Notices go over the public network encrypted alone: the address must be https."),
    "webhook_address_private": _("This address leads to this machine or a private network: it is told nothing."),
    "no_such_endpoint": _("Somebody else was faster: this has already been done or is no longer possible."),
    "unable_to_redeliver": _(
        "This notice cannot be sent again: it is being sent at this moment, or its address is disabled."
    ),
    "no_such_write_off": _("There is no such write-off."),
    "unknown_member": _("There is no such colleague."),
    "work_needs_its_end": _("Choose how this work ends."),
    "not_open_work": _("Somebody else has already answered this work."),
    "nothing_tried": _("No attempt is on record for this task: call or visit first, or say why not."),
    "contact_not_told": _("A call or visit of this case is open: tell its outcome first."),
    "promise_amount_wrong": _("A promise is of more than nothing, and of no more than is owed."),
    "promise_day_wrong": _("The promised day lies in the past or too far ahead."),
    "unknown_promise_channel": _("Choose how it was promised."),
    "nothing_to_promise": _("This case is closed: nothing is left to promise."),
    "no_promise_terms": _("There are no terms of promises that can be used: ask who keeps the policies."),
    "call_is_open": _("A call of yours is still open: tell its outcome first, on its case or among your work."),
    "with_agency": _("An agency has this debt: we neither call nor visit meanwhile."),
    "person_is_stopped": _("This person is on the stop list for everything: no agency collects from them either."),
    "unknown_agreement": _("Choose how the borrower agreed to the visit."),
    "unable_to_overrule": _("Only a supervisor may overrule what the gate advises against."),
    "no_such_companion": _("This colleague cannot go along."),
    "point_is_not_wrong": _("This outcome does not say that the number or address is wrong."),
    "unable_to_mark_point": _("Somebody else has marked this number or address already."),
    "unknown_point_reason": _("Choose a reason."),
    "not_late_yet": _("This case is closed, or not in late collection."),
    "no_such_agency": _("There is no contract with this agency on that day."),
    "no_such_legal_step": _("Choose a legal step."),
    "wrong_step_date": _("Check the dates: what happened lies in the past, what comes next in the future."),
    "step_taken_wrong": _("Check “taken on”: a step on record lies in the past, and not too long ago."),
    "step_next_wrong": _("Check “looked at again on”: it must come after today."),
    "step_next_far": _("Check “looked at again on”: it lies beyond the term within which a matter is looked at again."),
    "claim_too_large": _("Check the claim: it is far above what the case owes."),
    "no_such_step": _("There is no such legal step."),
    "unable_to_take_back": _("This legal step was taken back already."),
    "placed_on_wrong": _("A placement begins between the day the case was opened and today."),
    "more_than_owed": _("The amount must be above zero and no more than is owed."),
    "body_missing": _("Name the court or body before which it is."),
    "placed_already": _("This case is with an agency already: recall it first."),
    "placement_differs": _("This placement was put on record already, with other content."),
    "step_differs": _("This legal step was put on record already, with other content."),
    "unknown_end_reason": _("Choose a reason."),
    "unknown_stop_reason": _("Choose a reason."),
    "point_missing": _("Choose which of this person's numbers or addresses it is."),
    "unable_to_end_placement": _("This placement has ended already, or would end before it began."),
    "no_such_placement": _("There is no such placement."),
    "note_missing": _("Write a short note first."),
    "answer_held": _("The answer is held until the compliance desk has looked at its words."),
    "answer_wanting": _("These words may not be sent: say it without threats, and without anybody else's debt."),
    "nothing_to_reveal": _("Nothing of this case is sealed there."),
    "left_alone": _("Nobody contacts this person now: their numbers and addresses are not shown to an agency."),
    "not_your_clearance": _("This contact was cleared for a colleague, or its outcome is on record already."),
    "point_replaced": _("The person had this corrected: only another correction, at the privacy desk, undoes that."),
    "point_gone": _(
        "This number or address was found wrong or corrected meanwhile: end this contact, and begin another."
    ),
    "reveal_limit_reached": _(
        "You have opened as much as is allowed within an hour. Try again later, or ask a colleague."
    ),
    "no_such_purpose": _("Choose what you need it for."),
    "reason_missing": _("Write the reason out."),
    "nothing_to_overrule": _("No advice holds this contact, or it is not planned any more."),
    "no_such_stop": _("This stop does not hold any more."),
    "no_such_verdict": _("There is no such judgement."),
    "reason_not_in_words": _("Write the reason in words: at least ten letters or four Chinese characters."),
    "identity_not_justified": _("This purpose justifies no name or number in plain words: take the evidence masked."),
    "reason_holds_identity": _("A reason must not hold a number or an address."),
    "unknown_thing": _("Nothing of this case is sealed there."),
    "unable_to_open": _("This could not be opened: what is sealed was moved or altered."),
    "data_key_lost": _(
        "This could not be opened: the key that it was sealed by is gone. Tell whoever runs the system."
    ),
    **dict.fromkeys(
        (
            "vault_key_locked",
            "vault_key_foreign",
            "vault_master_unsound",
            "key_missing",
            "key_wrong",
            "master_away",
            "master_refused",
        ),
        _("This could not be opened: the key cannot be had at this moment. Tell whoever runs the system."),
    ),
    "unknown_decision": _("Choose how it is decided."),
    "unable_to_decide_flag": _("Somebody else has decided this already."),
    "own_words": _("These are your own words: somebody else decides."),
    "nothing_said": _("A transcript has words, and no more of them than a call can hold."),
    "nothing_to_transcribe": _("Only a call or visit whose outcome is on record has a transcript."),
    "transcribed_already": _("This contact has its transcript already; it is never changed."),
    "nothing_complained": _("Write down what is complained of, in at most ten thousand characters."),
    "regulator_missing": _("Name the regulator."),
    "unknown_about": _("Choose a colleague or an agency of the list."),
    "complaint_has_person": _("It is known already whose complaint this is."),
    "nobody_found": _(
        "Nobody is found by this. Enter a customer number, a whole name, an ID number or a telephone number."
    ),
    "several_found": _("Several people are found by this: enter the customer number."),
    "complaint_of_nobody": _("There is no such person."),
    "stopped_since": _("Contact with this person was stopped a moment ago: the call is not made."),
    "care_not_told": _("Nobody could be asked to care for this person, who has no case: say what was done for them."),
    "care_is_open": _("Somebody still has to care for this person: say how that ended first."),
    "work_only_finished": _("This is not cancelled: finish it and say how it ended."),
    "step_person_at_risk": _(
        "This person may harm themselves: no step is taken against them. One taken before %(since)s may be recorded."
    ),
    "complaint_is_open": _("This person's complaint is open: answer it first, and the stop ends with it."),
    "complaint_differs": _("This complaint was put on record already, with other content."),
    "unable_to_move_complaint": _("Somebody else has changed this complaint meanwhile: look at it again."),
    "unknown_complaint_word": _("Choose one of each list."),
    "not_their_contact": _("Not every contact was made with this person."),
    "own_complaint": _("This complaint is about you: somebody else works it."),
    "answer_missing": _("Write the answer, in at most ten thousand characters."),
    "no_longer_term": _("No rule in force allows a later answer."),
    "reply_date_wrong": _("The day that the regulator set lies before today."),
    "no_such_complaint": _("There is no such complaint."),
    "not_placed_with_you": _("This case is not placed with your agency any more."),
    "no_help_asked_for": _("A call to help is made for help that was asked of you: none is open for you in this case."),
    "help_is_stopped": _("This person is not called, not even to help: contact is stopped for another reason, too."),
    "nothing_to_collect": _(
        "This case is closed, or nothing is overdue any more: nobody is called or visited for it. Load the page again."
    ),
    "nobody_to_hold": _("There is no such person."),
    "nobody_consents": _("There is no such person."),
    "no_such_person": _("There is no such person."),
    "no_such_hold": _("There is no such legal hold."),
    "no_such_request": _("There is no such request."),
    "no_such_consent": _("There is no such consent."),
    "unknown_hold_reason": _("Choose a reason."),
    "hold_differs": _("This legal hold was put on record already, with other content."),
    "hold_same_person": _("A legal hold is lifted by another person than the one who asked for it."),
    "unable_to_move_hold": _("Somebody else was faster: this has already been done or is no longer possible."),
    "under_legal_hold": _("This person is under legal hold: nothing is deleted."),
    "something_is_open": _("A case, a complaint, a request or a contact of this person is open: nothing is deleted."),
    "debts_unknown": _("No night has been run yet, so nobody knows who owes: nothing is deleted."),
    "request_too_long": _("Write it in at most ten thousand characters."),
    "request_differs": _("This request was put on record already, with other content."),
    "unable_to_move_request": _("Somebody else has changed this request meanwhile: look at it again."),
    "unknown_request_word": _("Choose one of each list."),
    "unknown_refusal": _("Choose a reason."),
    "unknown_channel": _("Choose a way of contact."),
    "unknown_review": _("Choose an outcome."),
    "already_extended": _("No rule in force allows a later answer."),
    "own_review": _("You explained this decision: somebody else reviews it."),
    "unknown_field": _("Choose what is wrong."),
    "wrong_value": _("This is no new value: it is missing, stands so already, or is not written as it must be."),
    "not_their_point": _("This number or address is not the person's own."),
    "copy_too_large": _("The copy would be larger than is allowed: it is looked at by hand."),
    "copy_limit_reached": _("You have made as many copies as are allowed within an hour."),
    "unknown_consent": _("Choose one of each list."),
    "proof_missing": _("Say where the proof is found, and which notice the person was shown."),
    "consent_holds": _("A consent to this purpose holds already."),
    "unable_to_withdraw": _("This consent was withdrawn already."),
    "invalid_input": _("What was entered is not valid."),
}


#: What is said of a form's field that is missing or makes no sense, by the name that `wrong_form` carries.
FIELDS: Mapping[str, Promise] = {
    "account": _("Choose an account of this case."),
    "paid_on": _("The value date is not a date."),
    "channel": _("Choose how it was paid."),
    "reference": _("The reference of the bank is too long or holds signs that cannot be printed."),
    "amount": _("The amount must be a number above zero."),
    "claim": _("The claim must be a number above zero, or left out."),
    **dict.fromkeys(("on", "due_on", "reply_on"), _("The date is missing or is not a date.")),
    "intake": _("Choose how the complaint came in."),
    "turn": _("This page is too old: open it again."),
    "next_on": _("Check “looked at again on”: it is not a date."),
}


def sentence(refusal: Refusal) -> str:
    """The refusal in the reader's language."""
    if refusal.code == "too_many_tries":
        return _wait(int(str(refusal.facts["seconds"])))
    field = FIELDS.get(str(refusal.facts.get("field", ""))) if refusal.code == "wrong_form" else None
    return str(field) if field else sentence_of(refusal.code, str(refusal))


def sentence_of(code: str, message: str) -> str:
    """The same of a refusal that was kept: the sentence of its code, or the English one that it brought."""
    known = SENTENCES.get(code)
    return str(known) if known else message


def _wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    told = ngettext(
        "Too many tries: wait %(minutes)d minute, then try again.",
        "Too many tries: wait %(minutes)d minutes, then try again.",
        minutes,
    )
    return told % {"minutes": minutes}


def tell(request: HttpRequest, refusal: Refusal) -> None:
    """Show the refusal on the next page."""
    messages.add_message(request, messages.ERROR, sentence(refusal))


def tell_verdict(request: HttpRequest, verdict: Verdict) -> None:
    """Show from when the gate would allow it, then why it refused, each rule with its source."""
    told = gettext("The gate does not allow this now.")
    if verdict.not_before:
        told += " " + gettext("Allowed from %(at)s on.") % {"at": ui.when(verdict.not_before)}
    if verdict.is_advice:
        told += " " + gettext("This is advice: a supervisor may overrule it with a reason.")
    reasons = [(sentences.in_language(r.text_zh, r.text_en), ui.cited(r.citation)) for r in verdict.reasons]
    listed = format_html_join("", '<li>{} <span class="muted">{}</span></li>', reasons)
    told = format_html('<strong>{}</strong><ul class="m-0">{}</ul>', told, listed)
    messages.add_message(request, messages.WARNING, told)
