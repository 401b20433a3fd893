"""The rights and ends of personal data, said aloud: kinds of data, starts of terms, why something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Promise] = {
    "WORDS": _("Words of messages, replies and notes of calls"),
    "RECORDINGS": _("Transcripts, and the vendors' references"),
    "NOTES": _("Notes of work, placements, legal steps and checks"),
    "COMPLAINTS": _("Words of complaints and requests, and our answers"),
    "CONSENTS": _("Consents"),
    "CONTACT_POINTS": _("Numbers and addresses, those of others too"),
    "IDENTITY": _("Name, ID number, date of birth, employer"),
}
#: What stands in the lake under the customer's id (`exchange.lake_holdings`).
LAKE_KINDS: Mapping[str, Promise] = {
    "LAKE_FACTS": _("Year of birth, monthly income, customer since, region and language"),
    "LAKE_SPENDING": _("Spending by day and category"),
    "LAKE_CREDIT": _("Accounts, instalments, payments and pauses"),
    "LAKE_HISTORY": _("Contacts that the lender made itself"),
    "LAKE_NIGHTS": _("What each night computed: days past due, scores, treatments"),
}
#: Categories of spending as the shipped market has them; those of a lender are shown as they are.
SPENDING: Mapping[str, Promise] = {
    "GROCERIES": _("Groceries"),
    "DINING": _("Eating out"),
    "TRANSPORT": _("Transport"),
    "SHOPPING": _("Shopping"),
    "ENTERTAINMENT": _("Entertainment"),
}
STARTS: Mapping[str, Promise] = {
    "CASE_CLOSED": _("after the case closed"),
    "DEBT_SETTLED": _("after the debt was settled"),
    "LAST_ACTIVITY": _("after the last contact"),
}
#: Who opened something, beside the teams and `sentences.MACHINES`.
DOORS: Mapping[str, Promise] = {
    "STAFF": _("a colleague"),
    "api": _("a partner of the lender, through the API"),
}
WHY_NOT: Mapping[str, Promise] = {
    "DEBT_LIVE": _("Something is still owed."),
    "DEBT_UNKNOWN": _("No night has been run, so nobody knows whether anything is owed."),
    "SOMETHING_OPEN": _("A case, a complaint, another request or a contact is still open."),
    "LEGAL_HOLD": _("A legal hold stands."),
    "RETENTION_DUTY": _("The law demands that it be kept."),
    "IN_LAKE": _(
        "The lender's data files are kept as they were delivered, under the customer's id, without name or number: days"
        " past due, scores and the books are computed from them."
    ),
    "NOT_PROVEN": _("It could not be made sure who asks."),
    "NOT_HELD": _("Nothing of the kind is held."),
    "EXCESSIVE": _("Asked again and again without reason."),
    "OTHERS_RIGHTS": _("It would harm the rights of others."),
}
REVIEWS: Mapping[str, Promise] = {
    "UPHELD": _("The decision stands"),
    "OVERTURNED": _("Overturned: nobody acts on it until a person lifts the stop"),
}
