"""May these words leave the house? Where a judge of words is set, no text is sent that it and the rules did not pass.

Used by `contact_send`. A text is judged outside any transaction and once: what differs in figures alone (amounts,
dates) is the same text. While nobody has judged it, and while the judge is away, its contacts wait; a finding refuses
them. Without a judge the words of approved templates are taken as approved.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from arrears.actions.second_opinion import Judge
from arrears.rules import speech
from arrears.rules.compliance.facts import Reason, Verdict
from arrears.rules.speech import labels, second, told
from arrears.rules.speech.screening import Finding
from arrears.rules.speech.told import Utterance

#: How long a text waits after the judge was silent before it is asked again.
RETRY = timedelta(minutes=15)
KNOWN_MAX = 4_096
#: How the reasons begin that words have; those of packs are others.
PREFIX = "WORDS-"
CITATION = "Arrears gate: words are judged before they leave"
UNJUDGED = Reason(
    rule=f"{PREFIX}UNJUDGED",
    citation=CITATION,
    nature="hard",
    counted=None,
    max=None,
    text_zh="话术审查未能作出判断，暂缓发送。",
    text_en="Nobody could judge these words, so they wait.",
)
_FIGURES = re.compile(r"[\d,.]*\d")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """A text about to be sent. language : of the contact; relation : whose number or address it goes to"""

    text: str
    language: str
    relation: str
    channel: str

    @property
    def utterance(self) -> Utterance:
        lang = "zh" if self.language.startswith("zh") else "en"
        return Utterance(self.text, lang, told.who(self.relation), self.channel.lower())


class NotYetJudged(Exception):
    """Nobody has judged the text yet, in this process: `learn` does."""


@dataclass(frozen=True, slots=True)
class _Known:
    """reason : why it may not leave, None when it may; until : when that is asked anew, None = never"""

    reason: Reason | None
    until: datetime | None = None


_known: OrderedDict[tuple[object, ...], _Known] = OrderedDict()
_lock = threading.Lock()


def verdict(words: Words, judge: Judge | None, *, at: datetime) -> Verdict | None:
    """Why these words may not leave now; None when they may. Raises NotYetJudged."""
    if judge is None:
        return None
    with _lock:
        known = _known.get(_key(words, judge))
    if known is None or (known.until is not None and known.until <= at):
        raise NotYetJudged
    return None if known.reason is None else Verdict(False, known.until, (known.reason,))


def learn(texts: Collection[Words], judge: Judge, *, at: datetime) -> None:
    """Judge texts, each as the rules and then the judge find; outside any transaction, for the judge may be slow.

    After it `verdict` knows each of them at that moment: one that nobody could judge waits.
    """
    alike = {_key(words, judge): words for words in texts}
    try:
        found = _found([words.utterance for words in alike.values()], judge)
    except Exception:  # whatever it was: nobody has judged them
        log.exception("words.unjudged")
        found = [None] * len(alike)
    for key, finding in zip(alike, found, strict=True):
        _keep(key, _Known(UNJUDGED, at + RETRY) if finding is None else _Known(_reason(finding)))


def _found(told_: list[Utterance], judge: Judge) -> list[Finding | None]:
    """What the rules find, and where they find nothing the judge; None where the judge has no answer."""
    found: list[Finding | None] = list(speech.screen(told_, by=judge.policies))
    lawful = [row for row, finding in enumerate(found) if finding is not None and not finding.violation]
    opinions = judge.opinions([told_[row] for row in lawful])
    known = labels.read(judge.policies / "speech")
    for row, opinion in zip(lawful, opinions, strict=True):
        one, finding = told_[row], found[row]
        if opinion is None or finding is None:
            found[row] = None
        else:
            law = one.truths.law or {"zh": "cn", "en": "us"}[one.lang]
            found[row] = second.joined(finding, opinion, known, lang=one.lang, law=law)
    return found


def _reason(finding: Finding) -> Reason | None:
    if not finding.violation:
        return None
    return Reason(
        rule=f"{PREFIX}{finding.label}",
        citation=finding.rule,
        nature="hard",
        counted=None,
        max=None,
        text_zh=f"话术审查：{finding.advice}",
        text_en=f"The words were found wanting: {finding.advice}",
    )


def _key(words: Words, judge: Judge) -> tuple[object, ...]:
    one = words.utterance
    return (judge.policies, judge.endpoint, one.lang, one.who, one.channel, _FIGURES.sub("0", words.text))


def _keep(key: tuple[object, ...], known: _Known) -> None:
    with _lock:
        _known[key] = known
        while len(_known) > KNOWN_MAX:
            _known.popitem(last=False)


def forget() -> None:
    """Know no more than a process that has just begun."""
    with _lock:
        _known.clear()
