"""Under what is a name, an ID number or a contact point found? (kind of index, the form that is hashed)

Used when a value is taken in, searched for, or indexed under a new key: the three must say the same.
"""

from __future__ import annotations

import phonenumbers

#: Kinds of contact point → kind of index: one number is found whether it was given as mobile or as fixed line.
KINDS = {"MOBILE": "phone", "PHONE": "phone", "EMAIL": "email", "ADDRESS": "address"}


def of_name(name: str) -> tuple[str, str]:
    return "name", name


def of_id_number(number: str) -> tuple[str, str]:
    return "id_number", number.upper()


def of_point(value: str, kind: str) -> tuple[str, str]:
    """A contact point as the tape gave it: the value stands in its one form already."""
    return KINDS.get(kind, kind.lower()), value


def of_typed(text: str, *, country: str) -> tuple[str, str]:
    """A phone number or an e-mail address, however a person or a carrier wrote it.

    country : of a number without a country code
    """
    plain = text.strip()
    if "@" in plain:
        return "email", plain.lower()
    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return "phone", plain
    return "phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
