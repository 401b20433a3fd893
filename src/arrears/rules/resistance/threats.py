"""Do words threaten our own people? By phrases of their own, `policies/resistance/threats_*.toml`, and by them alone.

Asked by `hearing`. Figures of speech, titles, denials and what somebody says of our side are struck out before anything
is sought. A colleague's note tells of the person: in it what was done to us, and threats that are told of, count too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.rules.speech import lexicon


@dataclass(frozen=True)
class Threats:
    """The phrases of one language. signs : every sentence that threatens holds one; said : by the person; noted : of
    them"""

    signs: str
    idioms: re.Pattern[str]
    said: re.Pattern[str]
    noted: re.Pattern[str]

    def places(self, sentences: Sequence[str], *, is_note: bool) -> Iterator[tuple[int, int, int]]:
        """Which of some folded sentences threaten, each from where to where."""
        for at in lexicon.holding(sentences, [self.signs])[0]:
            plain = self.idioms.sub(lambda figure: "□" * len(figure[0]), sentences[at])
            for pattern in (self.said, self.noted) if is_note else (self.said,):
                yield from ((at, *match.span()) for match in pattern.finditer(plain))


def read(path: Path) -> Threats:
    """The phrases of a file; raises what `lexicon.UNREADABLE` names."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    signs, *rest = (lexicon.joined(told[name], told["lang"]) for name in ("signs", "idioms", "said", "noted"))
    lexicon.tried([signs])
    return Threats(signs, *map(re.compile, rest))
