"""Does a text say anything, or is there nothing in it that could be seen?"""

from __future__ import annotations

import unicodedata
from itertools import chain

#: Letters and signs by their category that a font draws as nothing, or as a blank: what Unicode says to ignore where it
#: is not known (Default_Ignorable_Code_Point: fillers of Hangul, Khmer and Mongolian, joiners, selectors of a variant),
#: the blank of Braille and the null note of music.
DRAWN_AS_NOTHING = frozenset(
    map(
        chr,
        chain(
            (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159),
            range(0x180B, 0x1810),
            range(0xFE00, 0xFE10),
            range(0xE0100, 0xE01F0),
        ),
    )
)


def is_blank(text: str) -> bool:
    """No character of it can be seen: blanks, control characters, joiners, fillers and the like alone.

    example : is_blank("\\u200b \\u3164\\n") -> True
    """
    return all(one in DRAWN_AS_NOTHING or one.isspace() or unicodedata.category(one)[0] in "CZ" for one in text)
