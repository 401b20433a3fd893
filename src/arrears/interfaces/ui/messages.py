"""Which words does a reader see, and are they all translated? Reads our own code and templates, without gettext tools.

Called by `arrears messages update` and by the tidy test. English is the language of the ids, so the English catalogue
repeats them; only 简体中文 is written by people. It reads and writes catalogues, never code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template.base import DebugLexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

FUNCTIONS = {"gettext", "gettext_lazy", "gettext_noop", "_", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CATALOGUES = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}


@dataclass(frozen=True, order=True)
class Message:
    """One text a reader may see, with its plural and its context when it has them."""

    text: str
    plural: str = ""
    context: str = ""


class Untranslatable(ValueError):
    """A translation call whose text is not written out: nobody can translate what is put together later."""


def extract(package: Path) -> dict[Message, list[str]]:
    """Every message of the package → the files that say it."""
    found: dict[Message, list[str]] = {}
    sources = [(path, _in_python(path)) for path in sorted(package.rglob("*.py")) if "migrations" not in path.parts]
    sources += [(path, _in_template(path)) for path in sorted(package.rglob("templates/**/*.html"))]
    for path, messages in sources:
        for message in messages:
            places = found.setdefault(message, [])
            place = path.relative_to(package).as_posix()
            if place not in places:
                places.append(place)
    return found


def catalogue(package: Path, language: str) -> Path:
    """Where a language's catalogue lies."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def update(package: Path) -> dict[str, int]:
    """Bring the catalogues up to date with the code; language → how many texts still want a translation."""
    found = extract(package)
    missing = {}
    for language, plurals in CATALOGUES.items():
        path = catalogue(package, language)
        known = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        fresh = polib.POFile(wrapwidth=110)
        fresh.metadata = {
            "Project-Id-Version": "arrears",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": plurals,
        }
        for message in sorted(found):
            fresh.append(_entry(message, found[message], known.get(message), language))
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path))
        missing[language] = len(fresh.untranslated_entries())
    return missing


def _key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _entry(message: Message, places: list[str], known: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        occurrences=[(place, "") for place in places],
        flags=["python-format"] if "%(" in message.text else [],
    )
    if message.plural:
        entry.msgid_plural = message.plural
        told = known.msgstr_plural if known else {}
        english = {0: message.text, 1: message.plural}
        entry.msgstr_plural = english if language == "en" else {0: told.get(0, "")}
    else:
        entry.msgstr = message.text if language == "en" else known.msgstr if known else ""
    return entry


def _in_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in FUNCTIONS:
            continue
        texts = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise Untranslatable(f"{path.name}:{node.lineno}: {name} is given no literal text")
        if name in CONTEXT:
            yield Message(texts[1], context=texts[0])
        else:
            yield Message(texts[0], plural=texts[1] if name in PLURAL else "")


def _in_template(path: Path) -> Iterator[Message]:
    tokens = iter(DebugLexer(path.read_text(encoding="utf-8")).tokenize())
    for token in tokens:
        if token.token_type != TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        if words[0] in {"translate", "trans"}:
            yield _translate(words, path, token)
        elif words[0] in {"blocktranslate", "blocktrans"}:
            yield _block(words, tokens, path, token)


def _translate(words: list[str], path: Path, token: Token) -> Message:
    text = words[1]
    if text[0] not in "\"'" or text[-1] != text[0]:
        raise Untranslatable(f"{path.name}:{token.lineno}: translate is given no literal text")
    context = words[words.index("context") + 1][1:-1] if "context" in words else ""
    return Message(text[1:-1], context=context)


def _block(words: list[str], tokens: Iterator[Token], path: Path, opening: Token) -> Message:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            if token.contents.startswith("end"):
                break
            if token.contents != "plural":
                raise Untranslatable(f"{path.name}:{token.lineno}: a tag inside a translated block")
            parts.append([])
        elif token.token_type == TokenType.VAR:
            parts[-1].append(f"%({token.contents.strip()})s")
        elif token.token_type == TokenType.TEXT:
            parts[-1].append(token.contents.replace("%", "%%"))
    texts = ["".join(part) for part in parts]
    if "trimmed" in words:
        texts = [trim_whitespace(text) for text in texts]
    if "\n" in texts[0]:
        raise Untranslatable(f"{path.name}:{opening.lineno}: a translated block runs over several lines")
    return Message(texts[0], plural=texts[1] if len(texts) > 1 else "")
