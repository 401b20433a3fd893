"""Pages that are printed or handed over: a template becomes a PDF, in the language that is asked for.

Called by `arrears audit export` and the console. WeasyPrint lays the page out with Pango of the operating system; where
that is missing, or no font has Chinese letters, `NoPrinter` says what to install, and whoever called does without.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from arrears.actions import house, late_lists
from arrears.decisions import night_policy
from arrears.interfaces.ui import fonts, sentences
from arrears.kernel.errors import Refusal

LANGUAGES = ("zh-hans", "en")


class NoPrinter(Refusal):
    code = "no_printer"
    message = "A PDF needs Pango and a Chinese font (on Debian: libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk)."


class NothingIsFetched(Refusal):
    code = "nothing_is_fetched"
    message = "A paper is made of what is in it: {url} is not fetched."


def pdf(template: str, context: Mapping[str, Any], *, language: str) -> bytes:
    """A template as PDF/A-3u, tagged for readers aloud; raises NoPrinter.

    language : one of LANGUAGES
    """
    weasyprint = _printer()
    if weasyprint is None:
        raise NoPrinter
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    with translation.override(language):
        text = render_to_string(template, {**context, "language": language})
    made: bytes = weasyprint.HTML(string=text, url_fetcher=_fetch_nothing).write_pdf(
        pdf_variant="pdf/a-3u", pdf_tags=True
    )
    return made


def names() -> dict[str, dict[str, str]]:
    """`products` and `agencies`: code → name in the language that is active, for whoever knows none of our codes."""
    products = night_policy.load(house.here().policies).products.by_product
    agencies = late_lists.lists().agencies
    return {
        "products": {code: sentences.in_language(one.title_zh, one.title_en) for code, one in products.items()},
        "agencies": {code: sentences.of_texts(one.texts) for code, one in agencies.items()},
    }


def can_print() -> bool:
    """Whether a PDF can be made on this machine."""
    return _printer() is not None


def _printer() -> Any:
    """WeasyPrint, which is loaded only where something is printed; None where Pango or a Chinese font is missing.

    In an English paper names and words are Chinese all the same.
    """
    if not fonts.covers("zh-cn"):
        return None
    try:
        return importlib.import_module("weasyprint")
    except OSError:
        return None


def _fetch_nothing(url: str, **_: object) -> dict[str, object]:
    raise NothingIsFetched(url=url[:80])
