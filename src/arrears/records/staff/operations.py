"""Add and change staff, set passwords. Roles are checked where they are used, not here."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.staff.models import Language, Role, User
from arrears.records.staff.queries import of_actor


class UnableToAddStaff(Refusal):
    code = "unable_to_add_staff"
    message = "{why}"


class AgencyWrong(Refusal):
    code = "agency_wrong"
    message = "People of an outside agency name their agency; nobody else has one."


class UnknownChoice(InvalidInput):
    code = "unknown_choice"
    message = "{value} is not a known {what}."


class UnableToSetPassword(Refusal):
    code = "unable_to_set_password"
    message = "{why}"


class NobodyActive(UnableToSetPassword):
    code = "nobody_active"
    message = "There is no active user {name}."


@transaction.atomic
def add(
    *,
    username: str,
    display_name: str,
    role: str,
    password: str,
    joined_at: datetime,
    language: str = "zh-hans",
    temporary_until: datetime | None = None,
    agency: str = "",
    is_active: bool = True,
) -> User:
    """Add a member of staff; raises UnableToAddStaff on an unknown role or language, a taken name, a weak password."""
    if role not in Role.values:
        raise UnableToAddStaff(why=f"There is no role {role}; there are {', '.join(Role.values)}.")
    _refuse_wrong_agency(role, agency)
    if language not in Language.values:
        raise UnableToAddStaff(why=f"There is no language {language}; there are {', '.join(Language.values)}.")
    user = User(username=username, display_name=display_name, role=role, language=language, date_joined=joined_at)
    user.password_is_temporary, user.password_ends_at = temporary_until is not None, temporary_until
    user.agency, user.is_active = agency, is_active
    try:
        password_validation.validate_password(password, user)
        user.set_password(password)
        with transaction.atomic():
            user.save(force_insert=True)
    except ValidationError as weak:
        raise UnableToAddStaff(why=" ".join(weak.messages)) from None
    except IntegrityError:
        raise UnableToAddStaff(why=f"The user name {username} is taken.") from None
    return user


@transaction.atomic
def set_password(*, username: str, password: str, temporary_until: datetime | None) -> User:
    """Give a member of staff a new password; raises UnableToSetPassword, also on a weak one or the present one.

    temporary_until : when it ends, where another than they chose it; None where they did
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NobodyActive(name=username)
    try:
        password_validation.validate_password(password, user)
    except ValidationError as weak:
        raise UnableToSetPassword(why=" ".join(weak.messages)) from None
    if user.check_password(password):
        raise UnableToSetPassword(why=gettext("The new password is the old one."))
    user.set_password(password)
    user.password_is_temporary, user.password_ends_at = temporary_until is not None, temporary_until
    user.save(update_fields=["password", "password_is_temporary", "password_ends_at"])
    return user


def note_second_factor(*, user_id: int, since: datetime | None) -> None:
    """Remember since when somebody signs in with a second factor too; None when no longer."""
    User.objects.filter(id=user_id).update(second_factor_since=since)


@transaction.atomic
def change(*, user_id: int, display_name: str, role: str, is_active: bool, agency: str = "") -> str:
    """Change name, role, agency and access; returns the role before; raises UnknownChoice, AgencyWrong."""
    if role not in Role.values:
        raise UnknownChoice(value=role, what="role")
    _refuse_wrong_agency(role, agency)
    user = User.objects.select_for_update().get(id=user_id)
    before, user.role = user.role, role
    user.display_name, user.is_active, user.agency = display_name or user.username, is_active, agency
    user.save(update_fields=["display_name", "role", "is_active", "agency"])
    return before


def _refuse_wrong_agency(role: str, agency: str) -> None:
    if (role == Role.AGENCY) != bool(agency):
        raise AgencyWrong


def lock(actor: str) -> None:
    """Take the row of a colleague (`user:ID`) until the transaction ends; other actors have none to take.

    What one colleague begins is so begun one after the other.
    """
    list(of_actor(actor).select_for_update(no_key=True).values_list("id", flat=True))


def choose_language(*, user_id: int, language: str) -> None:
    """Remember the language a person reads in; raises UnknownChoice."""
    if language not in Language.values:
        raise UnknownChoice(value=language, what="language")
    User.objects.filter(id=user_id).update(language=language)
