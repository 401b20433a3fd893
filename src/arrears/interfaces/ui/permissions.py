"""Who may open which address? The one permission table; the gatekeeper asks it before any view runs.

Each URL name stands here with the roles that may see or do it. An address that is missing is closed to everybody, so
a new page is born locked. Never decide permission in a template.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

AGENT = "AGENT"
SUPERVISOR = "SUPERVISOR"
ANALYST = "ANALYST"
COMPLIANCE = "COMPLIANCE"
FINANCE = "FINANCE"
LEGAL = "LEGAL"
FIELD = "FIELD"
ADMIN = "ADMIN"
#: People of an outside agency: what an agency may do is a short list of its own, so none of it comes by accident.
AGENCY = "AGENCY"

COLLEAGUES = frozenset({AGENT, SUPERVISOR, ANALYST, COMPLIANCE, FINANCE, LEGAL, FIELD, ADMIN})
EVERYONE = COLLEAGUES | {AGENCY}
#: Those who speak with borrowers.
COLLECTORS = frozenset({AGENT, SUPERVISOR, LEGAL, FIELD})
#: Those who are cleared for a visit; whoever went along may tell of it.
VISITORS = frozenset({FIELD, SUPERVISOR})
#: Those who look at all cases. Field agents and legal advisers see those that their work concerns (records check it).
CASE_READERS = frozenset({AGENT, SUPERVISOR, ANALYST, COMPLIANCE, FINANCE, LEGAL, FIELD})
#: Those who work complaints.
COMPLAINTS_DESK = frozenset({SUPERVISOR, COMPLIANCE})
#: Those who look after the rights and ends of personal data, of whoever's team: nobody whose view ends with a team.
PRIVACY_DESK = frozenset({COMPLIANCE, LEGAL})
ANSWERERS = frozenset({COMPLIANCE})
#: Those who read the whole audit trail: of everybody, so nobody whose view ends with a team or with some cases.
AUDITORS = frozenset({COMPLIANCE})
#: Pages that show no person: analysts and administrators included.
OVERSIGHT = frozenset({SUPERVISOR, ANALYST, COMPLIANCE, ADMIN})

#: Anybody, signed in or not.
PUBLIC = frozenset({"sign-in", "sign-in-code", "sign-out", "language", "healthz"})
#: URL namespaces whose own door checks a key instead of a log-in.
KEYED_NAMESPACES = ("api",)

ROLES: Mapping[str, frozenset[str]] = {
    "dashboard": COLLEAGUES,
    "account": EVERYONE,
    "account-password": EVERYONE,
    "account-confirm": EVERYONE,
    "account-factor": EVERYONE,
    "account-factor-confirm": EVERYONE,
    "account-factor-codes": EVERYONE,
    "account-factor-remove": EVERYONE,
    "account-sessions-end": EVERYONE,
    "cases": CASE_READERS | {AGENCY},
    "case": CASE_READERS | {AGENCY},
    "case-search": CASE_READERS,
    "case-payment": frozenset({AGENT, SUPERVISOR, FINANCE}),
    "case-reversal": frozenset({SUPERVISOR, FINANCE}),
    "case-promise": COLLECTORS,
    "case-call": COLLECTORS | {AGENCY},  # of what is placed with it, an agency calls and visits by the same gate
    "case-help": frozenset({AGENT, SUPERVISOR, LEGAL}),  # those who are asked for help; the action looks for the work
    "case-visit": VISITORS | {AGENCY},
    "case-placement": frozenset({SUPERVISOR}),
    "case-legal-step": frozenset({LEGAL, SUPERVISOR}),
    "legal-step-back": frozenset({LEGAL, SUPERVISOR}),
    "placement-end": frozenset({SUPERVISOR}),
    "point-invalid": COLLECTORS | {COMPLIANCE},
    "point-valid": COLLECTORS | {COMPLIANCE},
    "case-reveal": frozenset({AGENT, SUPERVISOR, COMPLIANCE, LEGAL, AGENCY}),  # an agency: numbers and addresses alone
    "case-who": frozenset({SUPERVISOR, COMPLIANCE}),
    "case-evidence": frozenset({COMPLIANCE, LEGAL, SUPERVISOR}),
    "case-stop": COLLECTORS | {COMPLIANCE, AGENCY},  # whoever may speak with a borrower hears it when they say stop
    "case-assign": frozenset({SUPERVISOR}),
    "case-team": frozenset({SUPERVISOR}),
    "call-outcome": COLLECTORS | {AGENCY},
    "call-number": COLLECTORS | {AGENCY},
    "call-not-dialled": COLLECTORS | {AGENCY},
    "visit-outcome": COLLECTORS | {AGENCY},
    "visit-address": VISITORS | {AGENCY},
    "visit-not-made": COLLECTORS | {AGENCY},
    "work": COLLECTORS,
    "work-complete": COLLECTORS,
    "work-cancel": frozenset({SUPERVISOR}),
    "write-offs": frozenset({FINANCE, SUPERVISOR, COMPLIANCE, LEGAL}),
    "write-off": frozenset({FINANCE, SUPERVISOR, COMPLIANCE, LEGAL}),
    "write-off-approve": frozenset({FINANCE, SUPERVISOR}),
    "write-off-reject": frozenset({FINANCE, SUPERVISOR}),
    "write-off-post": frozenset({FINANCE}),
    "contacts": frozenset({AGENT, SUPERVISOR, ANALYST, COMPLIANCE}),
    "contact": frozenset({AGENT, SUPERVISOR, COMPLIANCE}),
    "contact-resolve": frozenset({SUPERVISOR, COMPLIANCE}),
    "contact-transcript": frozenset({AGENT, SUPERVISOR, COMPLIANCE}),
    "heard": frozenset({SUPERVISOR, COMPLIANCE}),
    "heard-stranger": frozenset({SUPERVISOR, COMPLIANCE}),
    "quality": frozenset({SUPERVISOR, COMPLIANCE}),
    "quality-flag": frozenset({SUPERVISOR, COMPLIANCE}),
    "quality-open": frozenset({SUPERVISOR, COMPLIANCE}),
    "quality-decide": frozenset({COMPLIANCE}),
    "contact-release": frozenset({SUPERVISOR}),
    "case-complaint": frozenset({AGENT}) | COMPLAINTS_DESK,
    "complaint-new": frozenset({COMPLIANCE}),  # what a regulator sends on
    "complaints": COMPLAINTS_DESK,
    "complaint": COMPLAINTS_DESK,
    "complaint-statistics": COMPLAINTS_DESK,
    "complaint-open": COMPLAINTS_DESK,
    "complaint-acknowledge": COMPLAINTS_DESK,
    "complaint-classify": COMPLAINTS_DESK,
    "complaint-contacts": COMPLAINTS_DESK,
    "complaint-person": frozenset({COMPLIANCE}),  # looked for among everybody, so nobody whose view ends with a team
    "complaint-answer": COMPLAINTS_DESK,
    "complaint-extend": COMPLAINTS_DESK,
    "complaint-withdraw": COMPLAINTS_DESK,
    "complaint-reopen": COMPLAINTS_DESK,
    "complaint-escalate": COMPLAINTS_DESK,
    "verdicts": frozenset({SUPERVISOR, COMPLIANCE}),
    "verdict": frozenset({SUPERVISOR, COMPLIANCE}),
    "packs": frozenset({SUPERVISOR, COMPLIANCE}),
    "pack": frozenset({SUPERVISOR, COMPLIANCE}),
    "simulate": frozenset({SUPERVISOR, COMPLIANCE}),
    "simulate-touch": frozenset({SUPERVISOR, COMPLIANCE}),
    "stops": frozenset({AGENT, SUPERVISOR, COMPLIANCE}),
    "stop-lift": frozenset({SUPERVISOR, COMPLIANCE}),  # supervisors: what keeps our people from harm, alone
    "privacy": PRIVACY_DESK,
    "privacy-find": PRIVACY_DESK,
    "privacy-person": PRIVACY_DESK,
    "retention": PRIVACY_DESK,
    "retention-ask": PRIVACY_DESK,
    "retention-approve": PRIVACY_DESK,
    "retention-withdraw": PRIVACY_DESK,
    "legal-holds": PRIVACY_DESK,
    "hold-set": PRIVACY_DESK,
    "hold-ask": PRIVACY_DESK,
    "hold-lift": PRIVACY_DESK,
    "hold-keep": PRIVACY_DESK,
    "consents": PRIVACY_DESK,
    "consent-give": ANSWERERS,
    "consent-withdraw": ANSWERERS,
    "subject-requests": PRIVACY_DESK,
    "subject-request": PRIVACY_DESK,
    "subject-request-new": ANSWERERS,
    "subject-request-open": ANSWERERS,
    "subject-request-copy": frozenset({COMPLIANCE}),
    "subject-request-delete": ANSWERERS,
    "subject-request-correct": ANSWERERS,
    "subject-request-restrict": ANSWERERS,
    "subject-request-object": ANSWERERS,
    "subject-request-explain": ANSWERERS,
    "subject-request-review": PRIVACY_DESK,
    "subject-request-close": ANSWERERS,
    "subject-request-refuse": ANSWERERS,
    "subject-request-withdraw": ANSWERERS,
    "subject-request-extend": ANSWERERS,
    "audit": AUDITORS,
    "audit-event": AUDITORS,
    "audit-verify": AUDITORS,
    "audit-day": AUDITORS,
    "nights": OVERSIGHT,
    "night": OVERSIGHT,
    "night-next": frozenset({SUPERVISOR, ADMIN}),
    "tape": OVERSIGHT,
    "staff": frozenset({ADMIN}),
    "staff-add": frozenset({ADMIN}),
    "staff-member": frozenset({ADMIN}),
    "staff-factor-remove": frozenset({ADMIN}),
    "staff-grant": frozenset({ADMIN}),
    "agencies": frozenset({ADMIN}),
    "agency": frozenset({ADMIN}),
    "agency-end": frozenset({ADMIN}),
    "access-table": OVERSIGHT,
    "teams": frozenset({ADMIN}),
    "team-add": frozenset({ADMIN}),
    "team": frozenset({ADMIN}),
    "keys": frozenset({ADMIN}),
    "key-confirm": frozenset({ADMIN}),
    "key-revoke": frozenset({ADMIN}),
    "webhooks": frozenset({ADMIN}),
    "webhook": frozenset({ADMIN}),
    "webhook-address": frozenset({ADMIN}),
    "webhook-rotate": frozenset({ADMIN}),
    "webhook-disable": frozenset({ADMIN}),
    "webhook-enable": frozenset({ADMIN}),
    "webhook-redeliver": frozenset({ADMIN}),
    "components": frozenset({ADMIN}),
}

#: What reveals who somebody is or administers the house: whoever may do it signs in with a second factor.
GUARDED = ("case-reveal", "case-evidence", "call-number", "visit-address", "staff", "keys", "webhooks")


#: What gives rights, changes how somebody signs in, carries identity out of the house or deletes it for good: done only
#: shortly after the password was given, so that whoever finds a session open or steals one cannot. Not here are what
#: ends rights, what a role does daily, and what asks for the present password or a code by itself.
FRESH = frozenset(
    {
        "account-factor",
        "account-factor-confirm",
        "staff-add",
        "staff-member",
        "staff-factor-remove",
        "staff-grant",
        "agency",
        "team-add",
        "team",
        "keys",
        "key-confirm",
        "webhooks",
        "webhook-address",
        "webhook-rotate",
        "webhook-enable",
        "retention-approve",
        "case-evidence",
        "subject-request-copy",
        "subject-request-delete",
        "hold-lift",
    }
)


def must_prove(role: str, setting: str | Collection[str]) -> bool:
    """Whether a role signs in with a second factor: as this table says, nobody, or as the setting names roles."""
    if setting == "table":
        return any(may(role, name) for name in GUARDED)
    return setting != "none" and role in setting


def is_public(url_name: str) -> bool:
    """Whether the address is open to those who are not signed in."""
    return url_name in PUBLIC


def may(role: str, url_name: str) -> bool:
    """Whether a role may open an address; what the table does not know is closed."""
    return url_name in PUBLIC or role in ROLES.get(url_name, frozenset())
