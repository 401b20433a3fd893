"""How a page writes money, dates, shares and icons. The only place where they get their look, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from arrears.interfaces.ui import places, sentences
from arrears.kernel import money as kernel_money
from arrears.records.cases import work

register = template.Library()

#: An English gloss at the end of a Chinese citation, and the Chinese remark that it translates.
GLOSS = re.compile(r"(?P<remark>（[^（）]*）)? \((?P<english>[ -~]+)\)$")
#: Between the sources that one citation names; not inside a gloss.
PARTS = re.compile(r"([;；](?![^()]*\)))")
#: How a citation of the lender's own rules begins; its gloss then says all of it.
OWN = "本机构规则"


#: How the gate's own reasons begin, which are no rule of any pack.
UNKNOWN = "GATE-UNKNOWN-"
#: Identifiers of up to this length are shown whole.
SHOWN_WHOLE = 18


class MoneyWithoutCurrency(ValueError):
    """An amount was about to be shown without saying of what."""


def amount_text(minor: int, currency: str) -> str:
    """`123456, "CNY"` → `1,234.56`."""
    if not currency:
        raise MoneyWithoutCurrency(f"an amount ({minor}) was given no currency")
    plain = kernel_money.format_minor(minor, currency)
    whole, _, fraction = plain.lstrip("-").partition(".")
    sign = "−" if minor < 0 else ""
    grouped = f"{int(whole):,}"
    return f"{sign}{grouped}.{fraction}" if fraction else f"{sign}{grouped}"


def compact_text(minor: int, currency: str) -> str:
    """A rounded amount for a tile: 万 and 亿 in Chinese, K, M and bn in English."""
    if not currency:
        raise MoneyWithoutCurrency(f"an amount ({minor}) was given no currency")
    major = minor / 10 ** kernel_money.exponent(currency)
    chinese = (get_language() or "").startswith("zh")
    steps = [(1e8, "亿"), (1e4, "万")] if chinese else [(1e9, "bn"), (1e6, "M"), (1e3, "K")]
    for size, word in steps:
        if abs(major) >= size:
            scaled = major / size
            text = f"{scaled:,.2f}" if chinese else f"{scaled:,.1f}"
            shown = f"{scaled:,.0f}" if abs(scaled) >= 1000 else text.rstrip("0").removesuffix(".")
            return f"{shown} {word}"
    return f"{major:,.0f}"


#: Currencies that have a word of their own in a language; every other is written as its ISO code.
UNITS = {"CNY": pgettext_lazy("currency", "CNY"), "USD": pgettext_lazy("currency", "USD")}


@register.filter
def unit(currency: str) -> str:
    """What a currency is called beside an amount: 元 in Chinese, CNY in English."""
    return str(UNITS.get(currency, currency))


def money_text(minor: int, currency: str) -> str:
    """`123456, "CNY"` → `1,234.56 CNY`, in Chinese `1,234.56 元`."""
    return f"{amount_text(minor, currency)} {unit(currency)}"


@register.filter
def as_money(minor: int, currency: str) -> str:
    """An amount inside a sentence."""
    return money_text(minor, currency)


@register.simple_tag
def money(minor: int, currency: str) -> SafeString:
    """An exact amount with its currency."""
    text = amount_text(minor, currency)
    return format_html('<span class="money">{} <span class="money-currency">{}</span></span>', text, unit(currency))


@register.simple_tag
def amount(minor: int, currency: str) -> SafeString:
    """An exact amount in a table whose header or caption names the currency; the currency still has to be known."""
    return format_html('<span class="money">{}</span>', amount_text(minor, currency))


@register.simple_tag
def compact_money(minor: int, currency: str) -> SafeString:
    """A rounded amount; the exact one is its tooltip."""
    return format_html(
        '<span class="money" title="{}">{} <span class="money-currency">{}</span></span>',
        money_text(minor, currency),
        compact_text(minor, currency),
        unit(currency),
    )


@register.simple_tag
def compact_words(minor: int, currency: str) -> str:
    """A rounded amount as plain words, for a sentence."""
    return f"{compact_text(minor, currency)} {unit(currency)}"


@register.filter
def day(value: date | None) -> str:
    """A date, or a dash."""
    return formats.date_format(value, "DATE_FORMAT") if value else "–"


@register.filter
def when(value: datetime | None) -> str:
    """A moment as wall time in the lender's zone, or a dash."""
    if value is None:
        return "–"
    return formats.date_format(value.astimezone(ZoneInfo(settings.LENDER_ZONE)), "DATETIME_FORMAT")


@register.filter
def clock_time(value: datetime | None) -> str:
    """The wall time alone, in the lender's zone."""
    return value.astimezone(ZoneInfo(settings.LENDER_ZONE)).strftime("%H:%M") if value else "–"


@register.filter
def grouped(value: int | None) -> str:
    """A count with thousands separated, or a dash."""
    return "–" if value is None else f"{value:,}"


@register.filter
def queue_size(value: int) -> str:
    """The length of a queue, which is counted no further than `work.COUNTED`."""
    return f"{work.COUNTED:,}+" if value > work.COUNTED else grouped(value)


@register.filter
def share(value: float | None) -> str:
    """A share as a percentage, or a dash."""
    return "–" if value is None else f"{value * 100:.1f}%"


@register.filter
def days(value: int | None) -> str:
    """A number of days, in words."""
    if value is None:
        return "–"
    return ngettext("%(count)s day", "%(count)s days", value) % {"count": f"{value:,}"}


@register.filter
def yes_no(value: bool) -> str:
    """A yes or a no in words."""
    return gettext("Yes") if value else gettext("No")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon from the sprite; what it means stands beside it in words."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/tabler-icons/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here_with(context: template.Context, **changes: object) -> str:
    """This page's query with some parameters changed; an empty value removes one. Paging starts anew unless given."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


#: Codes of statuses, stages and verdicts → the tone of their pill. Anything else is neutral.
TONES = {
    "OPEN": "info",
    "EARLY": "info",
    "LATE": "warning",
    "BAD_DEBT": "danger",
    "WARNING": "secondary",
    "CLOSED": "secondary",
    "CURED": "success",
    "PAID_OFF": "success",
    "DONE": "success",
    "KEPT": "success",
    "BROKEN": "danger",
    "SENT": "success",
    "DELIVERED": "success",
    "APPROVED": "success",
    "ALLOWED": "success",
    "POSTED": "success",
    "RUNNING": "info",
    "SENDING": "info",
    "PLANNED": "info",
    "PROPOSED": "warning",
    "HELD": "warning",
    "IN_DOUBT": "warning",
    "WAITING": "info",
    "RECEIVED": "warning",
    "IN_REVIEW": "info",
    "EXPLAINED": "info",
    "HOLDING": "warning",
    "LIFT_ASKED": "info",
    "ESCALATED": "danger",
    "ANSWERED": "success",
    "GIVEN_UP": "danger",
    "FAILED": "danger",
    "REFUSED": "danger",
    "REJECTED": "danger",
}


@register.filter
def tone(code: str) -> str:
    """The tone of a status code's pill."""
    return TONES.get(code, "secondary")


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, word: str, label: str, order: str) -> SafeString:
    """A column header that sorts: descending first, then the other way."""
    is_down, is_up = order == f"-{word}", order == word
    href = here_with(context, order=word if is_down else f"-{word}")
    state = format_html(' aria-sort="{}"', "descending" if is_down else "ascending") if is_down or is_up else ""
    arrow = icon("arrow-down" if is_down else "arrow-up") if state else ""
    kind = "number" if word != "opened" else "nowrap"
    # The id lets the keyboard's focus come back to the header when the sorted list takes the old one's place.
    head = '<th scope="col" class="{}"{}><a id="sort-{}" href="{}">{}{}</a></th>'
    return format_html(head, kind, state, word, href, label, arrow)


@register.simple_tag
def sentence(chinese: str, english: str) -> str:
    """The reader's one of two texts that a rule pack holds."""
    return sentences.in_language(chinese, english)


@register.filter
def cited(citation: str) -> str:
    """A source as its reader needs it: in Chinese a remark, in English its gloss.

    `《…》 5.3（条号待核） (number inferred)` → `《…》 5.3（条号待核）`, in English `《…》 5.3 (number inferred)`
    """
    if citation.startswith(OWN) and GLOSS.search(citation):
        return _cited(citation)
    return "".join(_cited(part) for part in PARTS.split(citation))


def _cited(source: str) -> str:
    gloss = GLOSS.search(source)
    if gloss is None or source.isascii():
        return source
    plain, remark = source[: gloss.start()], gloss["remark"] or ""
    if plain.strip().startswith(OWN):
        return sentences.in_language(plain + remark, gloss["english"])
    return sentences.in_language(plain + remark, f"{plain} ({gloss['english']})")


@register.simple_tag(takes_context=True)
def rule_code(context: template.Context, pack: str, rule_id: str) -> SafeString:
    """The code of a rule that a judgement named; it leads to the rule's row where the reader may open the packs.

    pack : as a stored judgement names it, `cn+house@2026.1+1f0c2d3e`
    """
    plain = format_html('<span class="code">{}</span>', rule_id)
    if not context.get("allowed", {}).get("pack") or rule_id.startswith(UNKNOWN):
        return plain
    try:
        url = reverse("pack", args=[pack.partition("@")[0]])
    except NoReverseMatch:  # judged by a pack of a name that no page can have
        return plain
    return format_html('<a class="code" href="{}#{}">{}</a>', url, rule_id, rule_id)


@register.filter
def shortened(identifier: str) -> SafeString:
    """A long identifier by its ends; the whole of it is its tooltip."""
    if len(identifier) <= SHOWN_WHOLE:
        return format_html("{}", identifier)
    return format_html('<span title="{}">{}…{}</span>', identifier, identifier[:8], identifier[-4:])


@register.filter
def place(region_code: str) -> str:
    """The name of a region, or its code."""
    return places.name(region_code)


@register.filter
def road(channel: str) -> str:
    """The name of a channel."""
    return sentences.channel(channel)


@register.filter
def carried_by(vendor: str) -> str:
    """Who carried a contact."""
    return sentences.vendor(vendor)


@register.filter
def paid_by(channel: str) -> str:
    """By which road a payment came."""
    return sentences.payment_channel(channel)


@register.filter
def said(code: str) -> str:
    """A stored code in words."""
    return sentences.code(code)


@register.filter
def happened(kind: str) -> str:
    """What an event of the trail says."""
    return sentences.event(kind)


@register.filter
def ended(outcome: str) -> str:
    """How a contact went."""
    return sentences.outcome(outcome)


@register.filter
def named(actor: str, names: Mapping[str, str]) -> str:
    """Who did it."""
    return sentences.actor(actor, names)


@register.simple_tag
def opened(what: str, kind: str) -> str:
    """What was opened."""
    return sentences.opened(what, kind)


@register.filter
def get(mapping: Mapping[str, object], key: str) -> object:
    """The value of a key that is itself in a variable."""
    return mapping.get(key)


@register.filter
def fact(name: str) -> str:
    """The name of a stored fact in words."""
    return sentences.fact(name)
