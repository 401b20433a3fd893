"""What does the first line of a CSV file say: the names of its columns, or that this is no file of ours?

Called by `csv_source`. Whoever saved a file in another encoding, with other line ends or another separator is told so
in words: the most frequent slip of a Chinese lender is GBK.
"""

from __future__ import annotations

import codecs
import csv

import numpy as np
from numpy.typing import NDArray

from arrears.decisions.tape import refusals

#: A header longer than this is not one.
HEADER_BYTES = 1_000_000
#: How much of a file is looked at to guess its encoding.
_SAMPLE_BYTES = 64_000
_WIDE = {codecs.BOM_UTF16_LE: "UTF-16LE", codecs.BOM_UTF16_BE: "UTF-16BE"}
#: Bytes that no line of a text holds, and how many of them a text may hold all the same.
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1a"))
_CONTROLS_SHARE = 0.05
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars", "，": "full-width commas"}


def read(data: NDArray[np.uint8], *, file: str) -> tuple[int, list[str]]:
    """Offset of the first byte after the header line, and the column names; nameless ones are numbered.

    raises  : EmptyFile, WrongEncoding, NotText, WrongLineEnds, WrongSeparator, UnreadableFile
    """
    head = data[: HEADER_BYTES + 1].tobytes()
    begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    line, ended, _ = head[begin:].partition(b"\n")
    if _wide(head):
        raise wrong_encoding(data, file=file, offset=0, line=1)
    if why := _no_text(head[:_SAMPLE_BYTES], line):
        raise refusals.NotText(file=file, why=why)
    if b"\r" in line.rstrip(b"\r"):
        raise refusals.WrongLineEnds(file=file, line=1)
    if not ended and data.size > HEADER_BYTES:
        raise refusals.UnreadableFile(file=file, why="no line end within the first megabyte")
    try:
        text = line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise wrong_encoding(data, file=file, offset=begin + error.start, line=1) from None
    if not text.strip():
        raise refusals.EmptyFile(file=file)
    names = _names(text, file=file)
    return min(begin + len(line) + 1, data.size), names


def _names(text: str, *, file: str) -> list[str]:
    try:
        names = next(csv.reader([text]))
    except csv.Error as error:
        raise refusals.UnreadableFile(file=file, why=f"the header: {error}") from None
    if len(names) == 1:
        for mark, found in _SEPARATORS.items():
            if mark in text:
                raise refusals.WrongSeparator(file=file, found=found)
    return [name.strip() or f"column_{n}" for n, name in enumerate(names, start=1)]


def wrong_encoding(data: NDArray[np.uint8], *, file: str, offset: int, line: int) -> refusals.WrongEncoding:
    """The refusal of a file that is not UTF-8, with what it most likely is."""
    head = data[:_SAMPLE_BYTES].tobytes()
    if wide := _wide(head):
        return refusals.WrongEncoding(file=file, offset=offset, line=line, looks=f"looks like {wide}", name=wide)
    sample = data[offset : offset + _SAMPLE_BYTES].tobytes()
    if reads_as_chinese(sample):
        return gbk(file=file, offset=offset, line=line)
    return refusals.WrongEncoding(file=file, offset=offset, line=line, looks="breaks it", name="ENCODING")


def gbk(*, file: str, offset: int, line: int) -> refusals.WrongEncoding:
    """The refusal of a file that Chinese systems have written in their own encoding."""
    looks = "looks like GBK, as Chinese systems write it (中文 GBK/GB18030 编码)"
    return refusals.WrongEncoding(file=file, offset=offset, line=line, looks=looks, name="GB18030")


def _no_text(head: bytes, line: bytes) -> str | None:
    """Why these first bytes are no text at all; None when they may be one."""
    if b"\0" in line:
        return f"a NUL byte in the header (byte {line.index(0)})"
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > _CONTROLS_SHARE * len(head):
        return f"{controls} of its first {len(head)} bytes are NUL or control bytes"
    header = line.decode("utf-8", "replace")
    if 2 * header.count("\ufffd") > len(header) and not reads_as_chinese(line):
        return "most of its first line is no character"
    return None


def _wide(head: bytes) -> str | None:
    """UTF-16, by its mark or, without one, because about every other byte of its first line is zero."""
    if marked := _WIDE.get(head[:2]):
        return marked
    even, odd = head[:64:2].count(0), head[1:64:2].count(0)
    guess = "UTF-16LE" if odd > even else "UTF-16BE"
    if 4 * max(even, odd) <= len(head[:64]):
        return None
    text = head[:64].decode(guess, "replace")
    strange = sum(not (char.isprintable() or char in "\t\r\n") for char in text)
    return guess if strange <= _CONTROLS_SHARE * len(text) else None


def reads_as_chinese(sample: bytes) -> bool:
    """Whether a text is GB18030 and mostly of the characters of GB 2312; its last one may be cut.

    The older and smaller set tells: an accented western letter and the one behind it make a rare character only.
    """
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(sample)
    except UnicodeDecodeError:
        return False
    wide = [char for char in text if ord(char) > 0x7F]
    return len("".join(wide).encode("gb2312", "ignore")) // 2 > len(wide) // 2
