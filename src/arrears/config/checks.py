"""What is wrong with this installation before anything goes wrong? Django's system checks.

`arrears admin check --database default` asks them all; those that look into the books are silent without `--database`.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db.utils import DatabaseError

from arrears.actions import late_lists, mark_dead_numbers, rotate_vault, take_promise, words_in_force
from arrears.actions.check_keys import check_keys
from arrears.actions.contact_gate import ClosedGate
from arrears.config import gate_in_force, speaking
from arrears.kernel.errors import Refusal

HINT_KEYS = "See docs/runbooks/production.md: keys are backed up apart from the database."
HINT = "Mend the named file under $ARREARS_HOME/policies; it is looked at again at once, nothing needs a restart."


@checks.register(checks.Tags.compatibility)
def policies_in_force(**_: Any) -> list[checks.CheckMessage]:
    """Is the newest edit of the rule pack and of the texts the one that holds?"""
    gate = gate_in_force.current()
    if isinstance(gate, ClosedGate):
        return [
            checks.Error(
                f"No rule pack can be used, so nobody is contacted: {gate.fault}", hint=HINT, id="arrears.E001"
            )
        ]
    if gate.fault:
        told = f"The newest edit is not in force, {gate.pack.name} still is: {gate.fault}"
        return [checks.Warning(told, hint=HINT, id="arrears.W001")]
    return []


@checks.register(checks.Tags.compatibility)
def institution_is_ours(**_: Any) -> list[checks.CheckMessage]:
    """Does who speaks through a real channel exist?"""
    try:
        speaking.check()
    except speaking.ExampleInstitution as refusal:
        return [checks.Error(str(refusal), hint="Until then `arrears worker` does not begin.", id="arrears.E003")]
    except Refusal:  # the file cannot be read: the check of the policies says why
        return []
    return []


@checks.register(checks.Tags.security)
def keys_are_read_by_their_owner_alone(**_: Any) -> list[checks.CheckMessage]:
    """Which key of this home may others of the machine read? One from a custody of its own is that one's business."""
    files = sorted(path for path in (settings.HOME / "keys").glob("*") if path.is_file())
    return [
        checks.Warning(f"{path} may be read by others.", hint=f"chmod 600 {path}", id="arrears.W009")
        for path in files
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]


@checks.register(checks.Tags.compatibility)
def clock_is_chosen(**_: Any) -> list[checks.CheckMessage]:
    """Does somebody want real texts to go out by the books' day?"""
    try:
        speaking.check_clock()
    except speaking.UnchosenClock as refusal:
        return [checks.Error(str(refusal), hint="Until then `arrears worker` does not begin.", id="arrears.E010")]
    return []


@checks.register(checks.Tags.compatibility)
def switchboard_has_an_address(**_: Any) -> list[checks.CheckMessage]:
    """Can the switchboard be asked?"""
    if settings.DIALLER["kind"] != "http" or settings.DIALLER["url"].startswith(("https://", "http://")):
        return []
    told = "ARREARS_DIALLER=http wants the switchboard's address in ARREARS_DIALLER_URL."
    return [checks.Error(told, hint="Until then every call is dialled by hand.", id="arrears.E009")]


@checks.register(checks.Tags.compatibility)
def late_lists_in_force(**_: Any) -> list[checks.CheckMessage]:
    """Can the lists of agencies and legal steps be read?"""
    fault = late_lists.lists().fault
    return [checks.Warning(f"The late steps cannot be read: {fault}", hint=HINT, id="arrears.W002")] if fault else []


@checks.register(checks.Tags.compatibility)
def dead_numbers_in_force(**_: Any) -> list[checks.CheckMessage]:
    """Can it be read which numbers are dead?"""
    fault = mark_dead_numbers.in_force().fault
    return [checks.Warning(f"The dead numbers cannot be read: {fault}", hint=HINT, id="arrears.W003")] if fault else []


@checks.register(checks.Tags.compatibility)
def promise_terms_in_force(**_: Any) -> list[checks.CheckMessage]:
    """Can it be read when a promise to pay is broken?"""
    fault = take_promise.in_force().fault
    told = f"The terms of promises to pay cannot be read: {fault}"
    return [checks.Warning(told, hint=HINT, id="arrears.W008")] if fault else []


@checks.register(checks.Tags.compatibility)
def words_in_force_here(**_: Any) -> list[checks.CheckMessage]:
    """Are words screened and people heard by the newest edit?"""
    told = "The newest edit of what words are judged and people heard by is not in force: {}"
    return [checks.Warning(told.format(fault), hint=HINT, id="arrears.W004") for fault in words_in_force.faults()]


@checks.register(checks.Tags.security)
def second_factors(**_: Any) -> list[checks.CheckMessage]:
    """Does anybody in a real lender's house bring a second factor?"""
    if settings.MFA == "none" and settings.CLOCK == "system":
        told = "Nobody brings a second factor: whoever learns a password gets in."
        return [checks.Warning(told, hint="ARREARS_MFA=table asks those who reveal or administer.", id="arrears.W006")]
    return []


@checks.register(checks.Tags.security)
def callers_told_apart(**_: Any) -> list[checks.CheckMessage]:
    """Behind a proxy that ends TLS: is it named, so that callers are told apart?"""
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        told = "No proxy is named: everybody seems to come from it, so who guesses passwords makes all others wait."
        hint = "ARREARS_TRUSTED_PROXIES names the networks of your own proxies."
        return [checks.Warning(told, hint=hint, id="arrears.W007")]
    return []


@checks.register(checks.Tags.database)
def algorithm_in_use(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Is new identity sealed by what the setting says?"""
    if not databases:
        return []
    try:
        stale = rotate_vault.of_another_algorithm()
    except DatabaseError:
        return []
    if not stale:
        return []
    told = f"The vault's keys in use are of {', '.join(stale)}; ARREARS_VAULT_ALGORITHM is {settings.VAULT.algorithm}."
    return [checks.Warning(told, hint="`arrears vault rotate both` makes keys of it.", id="arrears.W005")]


@checks.register(checks.Tags.database)
def keys_in_place(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Are the keys those that the books were made with? Nothing is said where there are no books yet."""
    if not databases:
        return []
    try:
        check_keys()
    except Refusal as refusal:
        return [checks.Error(str(refusal), hint=HINT_KEYS, id="arrears.E002")]
    except DatabaseError:
        return []
    return []
