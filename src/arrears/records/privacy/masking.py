"""How much of an identity may stand on a screen: enough to tell two people apart, too little to reach either.

Called by queries that unseal a field for showing; the whole value leaves the vault only by a reveal with a purpose.
"""

from __future__ import annotations

MARK = "*"
#: Stands for what does not open: a page shows the rest, and `arrears vault verify` names the field.
UNOPENED = "???"
#: Left out, so that the masked number reads as people say it.
HOME_PREFIX = "+86"


def name(text: str) -> str:
    """The family name, or each word's first letter: `张伟` → `张*`, `Ann Lee` → `A** L**`."""
    words = text.split()
    if not words:
        return ""
    if len(words) == 1 and not text.isascii():
        return words[0][:1] + MARK * min(3, max(1, len(words[0]) - 1))
    return " ".join(word[:1] + MARK * 2 for word in words)


def number(text: str, *, head: int = 3, tail: int = 4) -> str:
    """A phone or ID number with its middle hidden; hidden whole when too short to hide enough."""
    if text.startswith(HOME_PREFIX):
        text = text.removeprefix(HOME_PREFIX)
    if len(text) < head + tail + 3:
        return MARK * max(4, len(text))
    return text[:head] + MARK * (len(text) - head - tail) + text[-tail:]


def email(text: str) -> str:
    """`wang.lei@example.cn` → `w***@example.cn`."""
    local, _, host = text.partition("@")
    return f"{local[:1]}{MARK * 3}@{host}"


def address(text: str) -> str:
    """Only the first few characters, the province or city."""
    return text[:6] + MARK * 4 if len(text) > 6 else MARK * 4
