"""Does a text say anything, or is there nothing in it that could be seen?"""

from __future__ import annotations

import unicodedata


def is_blank(text: str) -> bool:
    """No character of it can be seen: blanks, control characters, joiners and the like alone.

    example : is_blank("\\u200b \\n") -> True
    """
    return all(character.isspace() or unicodedata.category(character)[0] in "CZ" for character in text)
