"""The permission table in words: each address by its noun and what is done there. Read by the access table.

Every address of `permissions.ROLES` stands here once, which a test holds; who may open it is not repeated here.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = tuple[tuple[str, Promise], ...]

NOUNS: tuple[tuple[Promise, Words], ...] = (
    (_("Overview"), (("dashboard", _("See the figures")),)),
    (
        _("Cases"),
        (
            ("cases", _("List")),
            ("case-search", _("Search by name or number")),
            ("case", _("See one, masked")),
            ("case-reveal", _("Open what is sealed")),
            ("case-evidence", _("Take the evidence away")),
            ("case-who", _("See who can see the person")),
            ("case-assign", _("Assign to a colleague")),
            ("case-team", _("Give to a team")),
            ("case-stop", _("Stop contact")),
            ("case-complaint", _("Take a complaint in")),
            ("point-invalid", _("Say that a number is wrong")),
            ("point-valid", _("Say that it is right after all")),
        ),
    ),
    (
        _("Money"),
        (
            ("case-payment", _("Post a payment")),
            ("case-reversal", _("Reverse a payment")),
            ("write-offs", _("See write-offs")),
            ("write-off-approve", _("Approve a write-off")),
            ("write-off-reject", _("Reject a write-off")),
            ("write-off-post", _("Post a write-off")),
        ),
    ),
    (
        _("Calls and visits"),
        (
            ("case-call", _("Ask the gate for a call")),
            ("call-number", _("Open the number of one's call")),
            ("call-outcome", _("Tell how a call went")),
            ("call-not-dialled", _("Say that it was not dialled")),
            ("case-visit", _("Ask the gate for a visit")),
            ("visit-address", _("Open the address of one's visit")),
            ("visit-outcome", _("Tell how a visit went")),
            ("visit-not-made", _("Say that it was not made")),
            ("work", _("See the work queues")),
            ("work-complete", _("Finish a piece of work")),
            ("work-cancel", _("Cancel a piece of work")),
        ),
    ),
    (
        _("Late collection"),
        (
            ("case-placement", _("Place with an agency")),
            ("placement-end", _("Recall from an agency")),
            ("case-legal-step", _("Take a legal step")),
            ("legal-step-back", _("Take a legal step back")),
        ),
    ),
    (
        _("Contacts"),
        (
            ("contacts", _("See the log")),
            ("contact", _("See one")),
            ("contact-transcript", _("Keep a transcript")),
            ("contact-resolve", _("Settle a doubt")),
            ("contact-release", _("Overrule the gate's advice")),
            ("stops", _("See the stop list")),
            ("stop-lift", _("Lift a stop")),
        ),
    ),
    (
        _("Compliance"),
        (
            ("heard", _("See the people heard")),
            ("quality", _("See what was found wanting")),
            ("quality-flag", _("See one record")),
            ("quality-open", _("Open its words")),
            ("quality-decide", _("Decide a record")),
            ("verdicts", _("See the gate's log")),
            ("verdict", _("Judge again")),
            ("packs", _("See the rule packs")),
            ("pack", _("Read a rule pack")),
            ("simulate", _("Try a contact")),
            ("simulate-touch", _("Add a contact to the trial")),
        ),
    ),
    (
        _("Complaints"),
        (
            ("complaints", _("List")),
            ("complaint", _("See one")),
            ("complaint-new", _("Take in from a regulator")),
            ("complaint-open", _("Open its words")),
            ("complaint-acknowledge", _("Acknowledge")),
            ("complaint-classify", _("Say what it is about")),
            ("complaint-contacts", _("Link contacts")),
            ("complaint-answer", _("Answer")),
            ("complaint-extend", _("Put the answer off")),
            ("complaint-withdraw", _("Withdraw")),
            ("complaint-reopen", _("Open again")),
            ("complaint-escalate", _("Say that a regulator has it")),
            ("complaint-statistics", _("See the statistics")),
        ),
    ),
    (
        _("Audit trail"),
        (
            ("audit", _("Find events")),
            ("audit-event", _("See one with its proof")),
            ("audit-verify", _("Begin to verify a day")),
            ("audit-day", _("Watch a day being verified")),
        ),
    ),
    (
        _("Nights"),
        (
            ("nights", _("List")),
            ("night", _("See one")),
            ("tape", _("See a tape")),
            ("night-next", _("Live the demo's next day")),
        ),
    ),
    (
        _("Administration"),
        (
            ("access-table", _("See this table")),
            ("staff", _("See the staff")),
            ("staff-add", _("Add a colleague")),
            ("staff-member", _("Change a colleague")),
            ("staff-grant", _("Grant a role as the second person")),
            ("staff-factor-remove", _("Take away a lost second factor")),
            ("teams", _("See the teams")),
            ("team-add", _("Add a team")),
            ("team", _("Change a team")),
            ("agencies", _("See the agencies' access")),
            ("agency", _("Change an agency's access")),
            ("agency-end", _("End an agency's access")),
            ("keys", _("Make API keys")),
            ("key-revoke", _("Revoke an API key")),
            ("webhooks", _("Add a webhook")),
            ("webhook", _("See a webhook")),
            ("webhook-rotate", _("Give a webhook a new secret")),
            ("webhook-disable", _("Disable a webhook")),
            ("webhook-enable", _("Enable a webhook again")),
            ("webhook-redeliver", _("Send a notice again")),
            ("components", _("See the parts that pages are made of")),
        ),
    ),
    (
        _("Privacy"),
        (
            ("privacy", _("See the privacy desk")),
            ("privacy-find", _("Find a person by name or number")),
            ("privacy-person", _("See what is held of a person, masked")),
            ("retention", _("See what is to be deleted and when")),
            ("legal-holds", _("See legal holds")),
            ("hold-set", _("Set a legal hold")),
            ("hold-ask", _("Ask for a hold to be lifted")),
            ("hold-lift", _("Lift a hold that another asked to lift")),
            ("hold-keep", _("Let a hold go on")),
            ("consents", _("See the register of consents")),
            ("consent-give", _("Put a consent on record")),
            ("consent-withdraw", _("Take a consent back")),
            ("subject-requests", _("See requests about one's own data")),
            ("subject-request", _("See one request")),
            ("subject-request-new", _("Take a request in")),
            ("subject-request-open", _("Open the words of a request")),
            ("subject-request-copy", _("Hand out the copy of one's data")),
            ("subject-request-delete", _("Delete as requested")),
            ("subject-request-correct", _("Correct as requested")),
            ("subject-request-restrict", _("Restrict as requested")),
            ("subject-request-object", _("Answer an objection")),
            ("subject-request-explain", _("Explain a decision of the night")),
            ("subject-request-review", _("Review a decision of the night")),
            ("subject-request-close", _("Close a request")),
            ("subject-request-refuse", _("Refuse a request, with reasons")),
            ("subject-request-withdraw", _("Say that a request was withdrawn")),
            ("subject-request-extend", _("Take longer, as the law lets")),
        ),
    ),
    (
        _("Your account"),
        (
            ("account", _("See one's own")),
            ("account-password", _("Change one's password")),
            ("account-factor", _("Set up a second factor")),
            ("account-factor-confirm", _("Confirm it")),
            ("account-factor-codes", _("Make new recovery codes")),
            ("account-factor-remove", _("Take one's second factor away")),
            ("account-sessions-end", _("Sign out elsewhere")),
        ),
    ),
)

#: What each reach of `rules.reach` means.
REACHES: dict[str, Promise] = {
    "ALL": _("All cases"),
    "TEAMS": _("Cases of one's teams, of no team, or assigned to one"),
    "LATE": _("Cases in late collection and bad debt"),
    "VISITS": _("Cases with a visit for one, or for anyone"),
    "PLACED": _("Cases placed with one's agency, while they are"),
    "NONE": _("No case"),
}
