"""What stands next in the text of a cell? Signs, words, numbers, texts and names, read one at a time from a place.

Called by `sfeel`, which knows what may stand where. A name may hold spaces and signs: the longest name that the file
knows wins, then a built-in function's name, then a plain word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException
from functools import lru_cache

from arrears.decisions.tables.decimals import DECIMAL
from arrears.kernel.errors import InvalidInput

#: Built-in functions whose names have spaces; they are names only in front of a bracket.
SPACED_FUNCTIONS = (
    "years and months duration",
    "date and time",
    "list contains",
    "list replace",
    "string length",
    "string join",
    "upper case",
    "lower case",
    "substring before",
    "substring after",
    "starts with",
    "ends with",
    "round half up",
    "round half down",
    "round up",
    "round down",
    "distinct values",
    "index of",
    "insert before",
    "get value",
    "get entries",
    "context put",
    "context merge",
    "day of week",
    "day of year",
    "month of year",
    "week of year",
    "met by",
    "overlaps before",
    "overlaps after",
    "finished by",
    "started by",
)
PROPERTIES = ("time offset", "start included", "end included")
TYPES = ("days and time duration", "years and months duration", "date and time")
#: Words that end a name where an operator may stand.
RESERVED = frozenset(["and", "or", "in", "between", "instance", "then", "else", "return", "satisfies", "of"])

_SPACE = re.compile(r"(?:[\s\u00a0\u200b\ufeff]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_WORD = re.compile(r"[^\W\d]\w*")
_ENDED = re.compile(r"\s*(?:\Z|[,)\]}<>=!+*/.-])")
_KEY = re.compile(r'[^:{}"\[\](),]+')
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
#: A refusal shows this much of a cell.
SHOWN = 60


class UnreadableCell(InvalidInput):
    """The text is not in the language; the message says at which column of the cell, counted from 1."""

    code = "unreadable_cell"


def normal_name(name: str) -> str:
    """A name with its runs of white space made one space, as FEEL compares names."""
    return " ".join(name.split())


def _spelled(name: str) -> str:
    ending = r"(?!\w)" if re.match(r"\w", name[-1]) else ""
    return r"\s+".join(re.escape(part) for part in name.split()) + ending


@lru_cache(maxsize=256)
def _alternatives(names: frozenset[str]) -> re.Pattern[str] | None:
    """The names that are more than a plain word, longest first."""
    special = sorted((name for name in names if not _WORD.fullmatch(name)), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_spelled, special))) if special else None


_FUNCTION = re.compile("(?:" + "|".join(map(_spelled, SPACED_FUNCTIONS)) + r")(?=\s*\()")
_PROPERTY = re.compile("|".join(map(_spelled, PROPERTIES)))
_TYPE = re.compile("(?:" + "|".join(map(_spelled, TYPES)) + r")|[^\W\d][\w.]*(?:\s*<[^()]*>)?")


@dataclass
class Scanner:
    """A place in a text.

    names : what may be spoken of here
    parts : what may stand behind a point: the names of all structures of the file
    """

    source: str
    names: frozenset[str]
    parts: frozenset[str] = frozenset()
    place: int = field(default=0)

    # Refusals.

    def refuse(self, why: str) -> UnreadableCell:
        return UnreadableCell(f"`{self.shown()}` {why}")

    def shown(self) -> str:
        return self.source if len(self.source) <= SHOWN else self.source[:SHOWN] + "…"

    def unexpected(self) -> UnreadableCell:
        """A refusal that names the place."""
        self.skip()
        if self.place >= len(self.source):
            return self.refuse("ends too early")
        line_start = self.source.rfind("\n", 0, self.place) + 1
        line = self.source.count("\n", 0, self.place) + 1
        where = f"column {self.place - line_start + 1}" + (f" of line {line}" if line > 1 else "")
        return self.refuse(f"does not fit at {where}, `{self.source[self.place :].splitlines()[0][:12]}`")

    # Signs and words.

    def skip(self) -> None:
        if found := _SPACE.match(self.source, self.place):
            self.place = found.end()

    def finish(self) -> None:
        self.skip()
        if self.place < len(self.source):
            raise self.unexpected()

    def matched(self, pattern: re.Pattern[str]) -> str | None:
        """The text that a pattern finds here, and the place behind it; None and no step when it finds nothing."""
        self.skip()
        found = pattern.match(self.source, self.place)
        if found is None:
            return None
        self.place = found.end()
        return found.group()

    def sign(self, sign: str) -> bool:
        self.skip()
        if not self.source.startswith(sign, self.place) or self._is_longer(sign):
            return False
        self.place += len(sign)
        return True

    def _is_longer(self, sign: str) -> bool:
        """`*` is not the beginning of `**`."""
        return sign == "*" and self.source.startswith("**", self.place)

    def one_of(self, signs: tuple[str, ...]) -> str | None:
        return next((sign for sign in signs if self.sign(sign)), None)

    def expect(self, sign: str) -> None:
        if not self.sign(sign):
            raise self.unexpected()

    def word(self, word: str) -> bool:
        self.skip()
        found = _WORD.match(self.source, self.place)
        if found is None or found.group() != word:
            return False
        self.place = found.end()
        return True

    def keyword(self, word: str) -> bool:
        """A word that opens a construct, unless it is a name of the file with nothing behind it to be opened."""
        self.skip()
        is_name = word in self.names and _ENDED.match(self.source, self.place + len(word)) is not None
        return not is_name and self.word(word)

    def expect_word(self, word: str) -> None:
        if not self.word(word):
            raise self.unexpected()

    # Values.

    def number(self) -> Decimal | None:
        text = self.matched(_NUMBER)
        if text is None:
            return None
        try:
            return DECIMAL.create_decimal(text)
        except DecimalException:
            raise self.refuse("holds a number beyond what FEEL counts") from None

    def text(self) -> str | None:
        found = self.matched(_TEXT)
        return None if found is None else unescape(found[1:-1])

    # Names.

    def special_name(self, names: frozenset[str] | None = None) -> str | None:
        """A name of the file that is more than a plain word."""
        known = _alternatives(self.names if names is None else names)
        found = self.matched(known) if known is not None else None
        return None if found is None else normal_name(found)

    def function_name(self) -> str | None:
        found = self.matched(_FUNCTION)
        return None if found is None else normal_name(found)

    def name(self) -> str:
        """A name where nothing else can stand: of the file, or a plain word."""
        return self._plain(self.special_name())

    def part(self) -> str:
        """What stands behind a point: a component of a structure, or a property."""
        return self._plain(self.special_name(self.names | self.parts) or self.matched(_PROPERTY))

    def _plain(self, found: str | None) -> str:
        """A name that was found, or the plain word that stands here."""
        if found is None:
            self.skip()
            ahead = _WORD.match(self.source, self.place)
            if ahead is None or (ahead.group() in RESERVED and ahead.group() not in self.names):
                raise self.unexpected()
            found = self.matched(_WORD)
        assert found is not None
        return normal_name(found)

    def name_before(self, word: str) -> str:
        """The name that stands before a word: `x` of `x in …`."""
        known = self.special_name()
        found = known if known is not None else self.matched(_WORD)
        if found is None:
            raise self.unexpected()
        self.expect_word(word)
        return found

    def type_name(self) -> str:
        found = self.matched(_TYPE)
        if found is None:
            raise self.unexpected()
        return normal_name(found)

    def parameter(self) -> str:
        """The name of a function's parameter; its type is passed over."""
        found = self.special_name() or self.matched(_WORD)
        if found is None:
            raise self.unexpected()
        if self.sign(":"):
            self.type_name()
        return found

    def key(self) -> str:
        """The key of a context's entry, and the colon behind it."""
        text = self.text()
        found = text if text is not None else self.matched(_KEY)
        if found is None:
            raise self.unexpected()
        self.expect(":")
        return found if text is not None else normal_name(found)

    def learn(self, name: str) -> None:
        """From here on a name is known."""
        if not _WORD.fullmatch(name) and name.strip():
            self.names |= {name}

    # What follows an operand.

    def path_dot(self) -> bool:
        """`.` in front of a name; `..` is a range."""
        self.skip()
        return not self.source.startswith("..", self.place) and self.sign(".")

    def opens_filter(self) -> bool:
        """`[` behind an operand opens a filter, unless it closes a range: `[1..5[`."""
        self.skip()
        ahead = re.compile(r"\[\s*(?:[,)\]]|\Z|(?:and|or)\b)")
        return ahead.match(self.source, self.place) is None and self.sign("[")

    def opens_function(self) -> bool:
        return self.matched(re.compile(r"function\s*\(")) is not None

    def argument_name(self) -> str | None:
        """`name:` in front of an argument, or None."""
        found = self.matched(re.compile(r"[^\W\d][\w ]*(?=\s*:)"))
        if found is None:
            return None
        self.expect(":")
        return normal_name(found)


def unescape(text: str) -> str:
    """What is between the quotes of a text, its escapes read."""

    def one(found: re.Match[str]) -> str:
        sign = found.group(1)
        if sign[0] in "uU" and len(sign) > 1:
            return chr(min(int(sign[1:], 16), 0x10FFFF))
        return _ESCAPED.get(sign, found.group(0))

    return _SURROGATES.sub(_joined, _ESCAPE.sub(one, text))


def _joined(pair: re.Match[str]) -> str:
    """Two halves of a sign beyond the first plane, escaped apart, are that sign."""
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")
