"""A rule of a pack as a reader sees it: what it says, of which contacts it speaks, by whom, since when, how sure it is.

Everything is told from the typed rule itself, so that the page cannot say another thing than the gate judges by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arrears.interfaces.ui import gate_words, places, sentences
from arrears.interfaces.ui.templatetags import ui
from arrears.rules.compliance import facts
from arrears.rules.compliance.packs import COLLECTOR, EVER, Ban, Duty, Hours, Limit, Notice, Pack, Rule, Staff

KIND_OF: dict[type, str] = {Ban: "ban", Staff: "staff", Notice: "notice", Hours: "hours", Limit: "limit", Duty: "duty"}
IN_FORCE, TO_COME, EXPIRED = "IN_FORCE", "TO_COME", "EXPIRED"
#: Sources that nobody has looked at.
UNCHECKED = frozenset({"memory_high", "memory_medium", "memory_low"})


@dataclass(frozen=True)
class Row:
    """One rule or duty, in one of its versions.

    says       : one sentence of what it allows or asks, from its figures; blank for a duty
    conditions : (what, which): the contacts of which it speaks
    standing   : IN_FORCE, TO_COME or EXPIRED on the day asked about
    """

    anchor: str
    rule_id: str
    pack_id: str
    kind: str
    text: str
    says: str
    conditions: tuple[tuple[str, str], ...]
    citation: str
    nature: str
    author: str
    confidence: str
    effective_on: date
    expired_on: date | None
    standing: str

    @property
    def kind_label(self) -> str:
        return sentences.said(gate_words.KINDS, self.kind)

    @property
    def nature_label(self) -> str:
        return sentences.said(gate_words.NATURES, self.nature)

    @property
    def author_label(self) -> str:
        return sentences.said(gate_words.AUTHORS, self.author)

    @property
    def confidence_label(self) -> str:
        return sentences.said(gate_words.CONFIDENCES, self.confidence)

    @property
    def is_unchecked(self) -> bool:
        return self.confidence in UNCHECKED


def rows(packs: Sequence[Pack], *, on: date) -> list[Row]:
    """The rules of some packs in the order in which the gate gives its reasons, then their duties.

    on : the day by which their standing is told. The version that holds on it bears the rule's plain anchor
    """
    together = [(pack, rule) for pack in packs for rule in pack.rules]
    order = [type_ for type_ in KIND_OF if type_ is not Duty]
    together.sort(key=lambda pair: (order.index(type(pair[1])), pair[1].author == "lender"))
    duties = [(pack, duty) for pack in packs for duty in pack.duties]
    taken: set[str] = set()
    anchors = {}
    for _pack, one in sorted([*together, *duties], key=lambda pair: standing(pair[1], on=on) != IN_FORCE):
        anchors[id(one)] = one.rule_id if one.rule_id not in taken else f"{one.rule_id}-{one.effective_on}"
        taken.add(one.rule_id)
    return [_row(pack, one, anchors[id(one)], on) for pack, one in (*together, *duties)]


def standing(one: Rule | Duty, *, on: date) -> str:
    """Does it hold on a day, or when does it?"""
    if on < one.effective_on:
        return TO_COME
    return EXPIRED if one.expired_on is not None and on >= one.expired_on else IN_FORCE


def _row(pack: Pack, one: Rule | Duty, anchor: str, on: date) -> Row:
    is_rule = isinstance(one, Rule)
    return Row(
        anchor=anchor,
        rule_id=one.rule_id,
        pack_id=pack.pack_id,
        kind=KIND_OF[type(one)],
        text=sentences.in_language(one.text_zh, one.text_en),
        says=says(one) if is_rule else "",
        conditions=tuple(conditions(one) if is_rule else figures(one)),
        citation=one.citation,
        nature=one.nature if is_rule else "",
        author=one.author,
        confidence=one.confidence,
        effective_on=one.effective_on,
        expired_on=one.expired_on,
        standing=standing(one, on=on),
    )


def says(rule: Rule) -> str:
    """What the rule allows, in one sentence made of its figures."""
    if isinstance(rule, Staff):
        return _staff(rule)
    if isinstance(rule, Notice):
        return _notice(rule)
    if isinstance(rule, Hours):
        return _hours(rule)
    if isinstance(rule, Limit):
        return _limit(rule)
    return _("No such contact, at any time.")


def _staff(rule: Staff) -> str:
    least, most = rule.staff_min, rule.staff_max
    if most is None:
        told = ngettext("At least %(count)s of us takes part.", "At least %(count)s of us take part.", least)
        return told % {"count": least}
    if least == 1:
        told = ngettext("At most %(count)s of us takes part.", "At most %(count)s of us take part.", most)
        return told % {"count": most}
    return _("Between %(least)s and %(most)s of us take part.") % {"least": least, "most": most}


def _notice(rule: Notice) -> str:
    figures = {"count": rule.wait_days, "by": gate_words.channels(rule.by)}
    return (
        ngettext(
            "Only %(count)s whole day after a notice of ours (%(by)s).",
            "Only %(count)s whole days after a notice of ours (%(by)s).",
            rule.wait_days,
        )
        % figures
    )


def _hours(rule: Hours) -> str:
    days = "" if rule.daily else gate_words.listed(gate_words.WEEKDAYS, rule.days)
    figures = {"opens": f"{rule.opens:%H:%M}", "closes": f"{rule.closes:%H:%M}", "days": days}
    if rule.opens == rule.closes:
        return _("Not on these days: %(days)s.") % figures if days else _("At no hour of any day.")
    if days:
        return _("On these days only from %(opens)s to %(closes)s, by the borrower's clock: %(days)s.") % figures
    return _("Only from %(opens)s to %(closes)s, by the borrower's clock.") % figures


def _limit(rule: Limit) -> str:
    figures = {
        "max": rule.max,
        "unit": sentences.said(gate_words.UNITS, rule.unit),
        "scope": sentences.said(gate_words.SCOPES, rule.scope),
        "window": window(rule),
    }
    if rule.max == 0:
        return _("None: %(unit)s %(scope)s, %(window)s.") % figures
    return _("At most %(max)s: %(unit)s %(scope)s, %(window)s.") % figures


def window(rule: Limit) -> str:
    """Over which time a limit counts."""
    if rule.window == "calendar_day":
        return _("in a calendar day")
    if rule.window == "calendar_month":
        return _("in a calendar month")
    if rule.window == EVER or rule.rolling is None:
        return _("ever")
    if rule.rolling % timedelta(days=1):
        minutes = rule.rolling // timedelta(minutes=1)
        return ngettext("within any %(count)s minute", "within any %(count)s minutes", minutes) % {"count": minutes}
    days = rule.rolling // timedelta(days=1)
    return ngettext("within any %(count)s day", "within any %(count)s days", days) % {"count": days}


def conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    """Of which contacts it speaks; what leaves none out is not told."""
    yield _("Channels"), gate_words.channels(rule.media)
    if rule.relations != facts.RELATIONS:
        yield _("With whom"), gate_words.listed(gate_words.RELATIONS, rule.relations)
    if rule.purposes != facts.PURPOSES:
        yield _("Purpose"), gate_words.listed(gate_words.PURPOSES, rule.purposes)
    if rule.collectors != facts.COLLECTORS:
        who = gate_words.listed(gate_words.COLLECTORS, rule.collectors)
        yield _("Who collects"), _("%(who)s, where it is told") % {"who": who} if rule.if_told else who
    if rule.initiators != COLLECTOR:
        yield _("Begun by"), gate_words.listed(gate_words.INITIATORS, rule.initiators)
    if rule.while_status:
        yield _("Only while"), gate_words.listed(gate_words.STATUSES, rule.while_status)
    if rule.unless_status:
        yield _("Not while"), gate_words.listed(gate_words.STATUSES, rule.unless_status)
    if rule.dpd_from is not None or rule.dpd_to is not None:
        yield _("Days past due"), _span(rule.dpd_from, rule.dpd_to)
    if rule.disclosing:
        yield _("Only if"), _("the contact tells of the debt")
    if rule.override is not None:
        yield _("Lifted by consent"), sentences.said(gate_words.CONSENTS, rule.override)
    if isinstance(rule, Limit):
        yield from _counting(rule)
    if isinstance(rule, Hours) and rule.calendar:
        yield _("Holidays of"), places.name(rule.calendar)


def _counting(rule: Limit) -> Iterator[tuple[str, str]]:
    if rule.excluded:
        yield _("Not counted"), gate_words.counted(rule.excluded)
    if rule.after is not None:
        yield _("Counted only after the first of"), sentences.said(gate_words.UNITS, rule.after)
    if rule.block_after is not None:
        told = {"unit": sentences.said(gate_words.UNITS, rule.block_after), "days": ui.days(rule.block_days)}
        yield _("Left alone"), _("%(days)s after one of: %(unit)s") % told


def _span(first: int | None, last: int | None) -> str:
    if first is None:
        return _("up to %(last)s") % {"last": last}
    return _("from %(first)s on") % {"first": first} if last is None else f"{first}–{last}"


def figures(duty: Duty) -> Iterator[tuple[str, str]]:
    """A duty's topic and its figures, by the names that they have in the pack."""
    yield _("Topic"), sentences.said(gate_words.TOPICS, duty.topic)
    for name, value in duty.values.items():
        yield name, _value(value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return ui.yes_no(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
