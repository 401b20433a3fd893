"""What else is refused as a password: more than 128 characters (OWASP ASVS 4.0.3, 2.1.2), and a few, again and again.

Chosen by the settings, beside Django's own validators.
"""

from __future__ import annotations

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
