"""What else is refused as a password: more than 128 characters (OWASP ASVS 4.0.3, 2.1.2), a few again and again, and
what is long only because it says something common over and over, or with a row of keys or a date behind it.

Chosen by the settings, beside Django's own validators.
"""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

LONGEST, DIFFERENT = 128, 5


class MaximumLength:
    """Called by Django with each password that is about to be set."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return gettext("The password has at most %(longest)d characters.") % {"longest": LONGEST}


class NotTheSameAgain:
    """NIST SP 800-63B 5.1.1.2: repetitive characters are refused (how few is our choice), and nothing else is asked."""

    def validate(self, password: str, user: object = None) -> None:
        if len({*password}) < DIFFERENT:
            raise ValidationError(self.get_help_text(), code="password_repeats")

    def get_help_text(self) -> str:
        return gettext("The password has at least %(different)d different characters.") % {"different": DIFFERENT}


#: Rows of keys and of the alphabet, there and back; so many neighbours make a row.
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890")
_ROW_LEAST, _NAME_LEAST = 3, 3
_DATE = re.compile(r"(?:19|20)\d\d[-/.]?\d\d[-/.]?\d\d")
_AGAIN = re.compile(r"(.+?)\1*", re.DOTALL)


class NotOneOfTheUsual:
    """NIST SP 800-63B 5.1.1.2: commonly used, expected, sequential, or made of the user's own name.

    Taken away are the user's names, dates, rows of keys and signs. Where hardly anything is left, or one common thing
    over and over, it is refused; two different words side by side are left alone.
    """

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: object = None) -> None:
        left = password.lower()
        for name in _names_of(user):
            left = left.replace(name, " ")
        left = _without_rows(_DATE.sub(" ", left))
        again = _AGAIN.fullmatch(re.sub(r"[\W_]+", "", left))
        is_common = again is not None and again[1] in self._common
        if is_common or len({*left} - {" "}) < DIFFERENT:
            raise ValidationError(self.get_help_text(), code="password_usual")

    def get_help_text(self) -> str:
        return gettext("The password is more than a common word, a row of keys, a date or your own name.")


def _names_of(user: object) -> list[str]:
    """The names of a user and their parts, the longest first."""
    whole = [str(getattr(user, attribute, "") or "").lower() for attribute in ("username", "display_name")]
    parts = {part for name in whole for part in (name, *name.split())}
    return sorted((part for part in parts if len(part) >= _NAME_LEAST or not part.isascii()), key=len, reverse=True)


def _without_rows(text: str) -> str:
    for row in (*_ROWS, *(row[::-1] for row in _ROWS)):
        for length in range(len(row), _ROW_LEAST - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    return text
