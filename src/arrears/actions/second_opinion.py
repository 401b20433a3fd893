"""A second opinion on words, of a model that the lender chose; off unless its settings are given.

Asked by `contact_words` before a text leaves, and by `arrears screen`. The text is masked first. The judge adds
findings and clears none; what to do when it is silent is the caller's to say: what leaves the house waits, what was
said already is told with a note.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from arrears.channels.judge_openai import adapter
from arrears.channels.judge_openai.adapter import Endpoint, NoAnswer
from arrears.rules.speech import labels, masking, second
from arrears.rules.speech.second import Opinion
from arrears.rules.speech.told import Utterance

#: Questions under way at a time, and silences in a row after which nobody is asked any more.
AT_ONCE, SILENCES_MAX = 4, 5

log = structlog.get_logger(__name__)


@dataclass
class Judge:
    """A model that is asked. After SILENCES_MAX silences in a row it is left alone: it is away, and all would wait."""

    endpoint: Endpoint
    policies: Path
    _silences: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def opinions(self, told: Sequence[Utterance], *, names: Sequence[Collection[str]] = ()) -> list[Opinion | None]:
        """One for each, in order; None where there is no answer. names : known in each text, to be struck out

        Places are in the text as it was given. A text that is too long is not asked about; texts that look alike when
        masked are asked about once.
        """
        known = names or [()] * len(told)
        cut = (one.text[: second.TEXT_MAX + 1] for one in told)
        masks = [masking.masked(text, names=own) for text, own in zip(cut, known, strict=True)]
        asked = {(one.who, one.channel, text): one for one, text in zip(told, masks, strict=True)}
        with ThreadPoolExecutor(AT_ONCE) as crew:
            answers = dict(zip(asked, crew.map(self._ask, asked.values(), (key[2] for key in asked)), strict=True))
        return [answers[one.who, one.channel, text] for one, text in zip(told, masks, strict=True)]

    def _ask(self, told: Utterance, text: str) -> Opinion | None:
        with self._lock:
            is_away = self._silences >= SILENCES_MAX
        if is_away or len(text) > second.TEXT_MAX:
            return None
        known, of = labels.read(self.policies / "speech"), secrets.token_hex(8)
        try:
            content = adapter.ask(self.endpoint, second.question(told, text, known, of=of))
            opinion = second.answer(content, text, known, of=of)
            why = "not understood"
        except NoAnswer as silence:
            opinion, why = None, str(silence)
            with self._lock:
                self._silences += 1
        else:
            with self._lock:
                self._silences = 0
        if opinion is None:
            log.warning("judge.no_answer", why=why)
        return opinion
