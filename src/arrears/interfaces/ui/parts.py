"""What does the address of a page ask for? Each part is read here by its name and its kind, and what is left is told.

A view asks for every part that it follows, before it answers. What is none of its kind, and what nobody asked for,
stands above the page (`pages/not_understood.html`): `?stge=EARLY` would narrow nothing, and must not look as if it did.
An empty part, as forms send them, asks for nothing. No view reads `request.GET` by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TypeVar

from django.http import HttpRequest, QueryDict

from arrears.interfaces.ui import keyset, typed

T = TypeVar("T")
#: So much of a part is shown again, and so many parts.
SHOWN, SHOWN_MOST = 48, 5


class Parts:
    """The parts of one address. Where one is given twice the last is followed, and the other is told."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query
        self._followed: set[tuple[str, str]] = set()

    def written(self, name: str) -> str:
        """A part as it was typed, to stand in its field again."""
        return self._query.get(name, "")

    def read(self, name: str, reader: Callable[[str], T | None]) -> T | None:
        """What `reader` makes of the text, blanks around it left out; None where it makes nothing of it."""
        written = self.written(name)
        value = reader(written.strip()) if written.strip() else None
        if value is not None:
            self._followed.add((name, written))
        return value

    def text(self, name: str, *, longest: int = 64) -> str:
        """Free text; what is longer is none."""
        return self.read(name, lambda text: text if len(text) <= longest else None) or ""

    def one_of(self, name: str, choices: Collection[str], *, otherwise: str = "") -> str:
        return self.read(name, lambda text: text if text in choices else None) or otherwise

    def some_of(self, name: str, choices: Collection[str]) -> list[str]:
        """Those that are ticked, each once."""
        found = [text for text in dict.fromkeys(self._query.getlist(name)) if text in choices]
        self._followed.update((name, text) for text in found)
        return found

    def flag(self, name: str, word: str = "1") -> bool:
        return self.one_of(name, {word}) == word

    def day(self, name: str) -> date | None:
        return self.read(name, typed.day)

    def number(self, name: str) -> int | None:
        return self.read(name, typed.number)

    def place(self, kinds: Sequence[type], name: str = "after") -> tuple[object, ...] | None:
        """Where a page of a list starts (`keyset`)."""
        return self.read(name, lambda cursor: keyset.unpack(cursor, kinds))

    def wrong(self) -> list[tuple[str, str]]:
        """Name and text of each part that is not followed."""
        given = ((name, text) for name, texts in self._query.lists() for text in texts if text.strip())
        return [part for part in given if part not in self._followed]

    def followed(self) -> dict[str, str]:
        """Name and text of each part that is followed."""
        return dict(part for part in self._query.items() if part in self._followed)

    def not_understood(self) -> list[str]:
        """The same as a page shows it: shortened, and with no character that could turn its text around."""
        told = [_shown(f"{name}={text}") for name, text in self.wrong()]
        return told if len(told) <= SHOWN_MOST else [*told[:SHOWN_MOST], "…"]


def _shown(part: str) -> str:
    plain = "".join(char if char.isprintable() else "·" for char in part[: SHOWN + 1])
    return plain if len(part) <= SHOWN else f"{plain[:SHOWN]}…"


def of(request: HttpRequest) -> Parts:
    """The parts of this request's address: one reader for the view and for the frame around its page."""
    known: Parts | None = getattr(request, "_arrears_parts", None)
    if known is None:
        known = Parts(request.GET)
        request._arrears_parts = known  # type: ignore[attr-defined]
    return known


def asked(request: HttpRequest) -> dict[str, str]:
    """What an address asked for: of a page, what it followed; of the API, which refuses what it does not know, all."""
    return of(request).followed() if hasattr(request, "_arrears_parts") else request.GET.dict()
