"""Does an identifier or a code of a tape name a person? Such a value would go to the lake, where nobody is named.

Called by `fields` for every column of identifiers and codes. It finds mainland ID cards (by their check character),
mobile numbers, e-mail addresses and Chinese personal names. Only whole parts of a value count, so that hashes and
serial numbers in which such digits happen to stand are left alone; what is written for a business (白条, 车贷) is not a
name. Old ID cards of fifteen digits have no check character and are not told from serial numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from arrears.decisions.tape import masking
from arrears.decisions.tape.policy import TapePolicy

ID_CARD, MOBILE, EMAIL, NAME = "ID_CARD", "MOBILE", "EMAIL", "NAME"

#: What a value must have for a closer look: most columns have none of it.
_WORTH_A_LOOK = r"@|[0-9]{11}|[0-9]{3}[ -][0-9]{4}|[^\x00-\x7f]"
_BEFORE, _AFTER = r"(?:^|[^0-9A-Za-z])", r"(?:$|[^0-9A-Za-z])"
#: GB 11643: a place, a day of birth, a serial number and a check character. Whoever borrows was born by 2012.
_CARD_BODY = r"([1-6]\d{5}(?:19\d\d|200\d|201[0-2])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])"
_CARD = _BEFORE + _CARD_BODY + _AFTER
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_MOBILE = (
    r"(?i)(?:^|[^0-9a-z])(?:tel|mob|mobile|phone|sj|dh)?[\s_:.-]*(?:\+?(?:00)?86[ -]?)?"
    r"1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})(?:$|[^0-9a-z])"
)
_EMAIL = r"[^\s@]+@[^\s@]+\.[A-Za-z]{2,}"
#: Figures as long as a telephone number; a moment to the second is longer, and names nobody.
_LONG_NUMBER, _A_MOMENT = r"[0-9]{11}", r"(?:19|20)[0-9]{12}"
_TITLE = "(?:先生|女士|小姐)?"


def mask(text: pl.Series, policy: TapePolicy) -> pl.Series:
    """(n,) boolean: which values name a person, as far as the policy says what is looked for."""
    worth = text.str.contains(_WORTH_A_LOOK).fill_null(False)
    if not worth.any():
        return worth
    closely = text.filter(worth)
    if closely.str.len_bytes().sum() != closely.str.len_chars().sum():
        closely = closely.str.normalize("NFKC")
    hit = pl.repeat(False, len(closely), dtype=pl.Boolean, eager=True)
    for kind, look in ((ID_CARD, _cards), (MOBILE, _mobiles), (EMAIL, _emails), (NAME, _names)):
        if kind in policy.looked_for:
            hit = hit | look(closely, policy).fill_null(False)
    nowhere = pl.repeat(False, len(text), dtype=pl.Boolean, eager=True)
    return nowhere.scatter(worth.arg_true().filter(hit), True)


def told(names: Sequence[str], policy: TapePolicy) -> tuple[str, ...]:
    """Names of files and columns as a report may tell them: of one that names a person, only how it begins and ends."""
    if not names:
        return ()
    given = pl.Series(names, dtype=pl.String)
    names_somebody = mask(given, policy) | given.str.replace_all(_A_MOMENT, "").str.contains(_LONG_NUMBER)
    shown = pl.DataFrame({"given": given}).select(masking.masked(pl.col("given"), identity=True)).to_series()
    return tuple(shown.zip_with(names_somebody, given).to_list())


def is_card(number: str) -> bool:
    """Does the check character of an ID card number fit the seventeen digits before it? (GB 11643)"""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17:].upper()


def _cards(text: pl.Series, _policy: TapePolicy) -> pl.Series:
    number = text.str.replace_all(" ", "", literal=True)
    number = number.set(~number.str.contains(_CARD), None).str.extract(_CARD)
    fit = [one for one in number.drop_nulls().unique() if is_card(one)]
    return number.is_in(fit)


def _mobiles(text: pl.Series, _policy: TapePolicy) -> pl.Series:
    return text.str.contains(_MOBILE)


def _emails(text: pl.Series, _policy: TapePolicy) -> pl.Series:
    return text.str.contains(_EMAIL)


def _names(text: pl.Series, policy: TapePolicy) -> pl.Series:
    """A family name and one or two characters; two where the family name is a word by itself, as 金 and 高 are."""
    shapes = [r"\p{Han}{2,8}(?:[·•]\p{Han}{2,8})+"]
    shapes += [rf"(?:{'|'.join(policy.surnames_double)})\p{{Han}}{{1,2}}"] if policy.surnames_double else []
    shapes += [rf"[{policy.surnames}]\p{{Han}}{{1,2}}"] if policy.surnames else []
    shapes += [rf"[{policy.surnames_words}]\p{{Han}}{{2}}"] if policy.surnames_words else []
    if text.str.len_bytes().sum() == text.str.len_chars().sum():  # Latin letters alone: the shapes need not be read
        return pl.repeat(False, len(text), dtype=pl.Boolean, eager=True)
    looks = text.str.contains(rf"^\P{{Han}}*(?:{'|'.join(shapes)}){_TITLE}\P{{Han}}*$")
    return looks & ~text.str.contains("|".join(policy.trade) or "$^")
