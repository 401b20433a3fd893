"""A sealed file gives back what was put in, or nothing: whatever is done to a byte of it, and wherever."""

from __future__ import annotations

import io
import json

import pytest

from arrears.kernel import sealed_files
from arrears.kernel.sealed_files import CHUNK, MAGIC, TAG, Damaged, NotSealed, PassphraseWrong, Reader, Writer

WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What a passphrase costs is for real ones."""
    monkeypatch.setattr(sealed_files, "COST", 1 << 4)


def sealed(plain: bytes, *, kind: str = "backup") -> bytes:
    out = io.BytesIO()
    writer = Writer(out, kind=kind, passphrase=WORDS)
    for start in range(0, len(plain), 300_001):
        writer.write(plain[start : start + 300_001])
    writer.finish()
    return out.getvalue()


def opened(content: bytes, *, kind: str = "backup", passphrase: str = WORDS) -> bytes:
    return io.BufferedReader(Reader(io.BytesIO(content), kind=kind, passphrase=passphrase)).read()


def plain(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def head_of(content: bytes) -> int:
    return content.index(b"\n", len(MAGIC)) + 1


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_any_size_comes_back(size):
    assert opened(sealed(plain(size))) == plain(size)


def test_nothing_of_the_content_shows_and_two_files_share_nothing():
    one, other = sealed(plain(100)), sealed(plain(100))
    assert plain(16) not in one
    assert one[head_of(one) :] != other[head_of(other) :]


class TestDamage:
    @pytest.fixture
    def content(self) -> bytes:
        return sealed(plain(3 * CHUNK + 7))

    def test_every_byte_of_the_head_counts(self, content):
        for place in range(head_of(content)):
            altered = bytearray(content)
            altered[place] ^= 1
            with pytest.raises((NotSealed, PassphraseWrong, Damaged)):
                opened(bytes(altered))

    @pytest.mark.parametrize("chunk", [0, 1, 2, 3])
    @pytest.mark.parametrize("within", [0, TAG])
    def test_a_byte_of_any_chunk_counts_and_its_place_is_told(self, content, chunk, within):
        start = head_of(content) + chunk * (CHUNK + TAG)
        altered = bytearray(content)
        altered[start + within] ^= 1
        with pytest.raises(Damaged, match=f"byte {start}\\."):
            opened(bytes(altered))

    @pytest.mark.parametrize("left", [1, TAG, 7 + TAG, CHUNK + TAG + 7 + TAG, 3 * (CHUNK + TAG) + 7 + TAG])
    def test_a_cut_is_found_at_a_chunk_s_end_too(self, content, left):
        with pytest.raises(Damaged):
            opened(content[:-left])

    def test_what_is_added_is_found(self, content):
        with pytest.raises(Damaged):
            opened(content + b"\0")

    def test_chunks_that_change_places_or_come_twice_are_found(self, content):
        head, size = head_of(content), CHUNK + TAG
        first, second, rest = (
            content[head : head + size],
            content[head + size : head + 2 * size],
            content[head + 2 * size :],
        )
        for body in (second + first + rest, first + first + rest, first + rest):
            with pytest.raises(Damaged):
                opened(content[:head] + body)

    def test_a_chunk_of_another_file_is_found(self, content):
        other = sealed(plain(3 * CHUNK + 7))
        with pytest.raises(Damaged):
            opened(content[: head_of(content)] + other[head_of(other) :])

    def test_one_that_was_never_finished_does_not_open(self):
        out = io.BytesIO()
        Writer(out, kind="backup", passphrase=WORDS).write(plain(3 * CHUNK))
        with pytest.raises(Damaged):
            opened(out.getvalue())


class TestPassphrase:
    def test_another_one_is_told_as_such(self):
        with pytest.raises(PassphraseWrong, match="passphrase is not the one"):
            opened(sealed(b"x"), passphrase=WORDS + " ")

    def test_a_short_one_seals_nothing(self):
        with pytest.raises(sealed_files.PassphraseTooShort, match="12"):
            Writer(io.BytesIO(), kind="backup", passphrase="elevenchars")

    @pytest.mark.parametrize(
        "cost", [{"n": 1 << 40}, {"n": -(1 << 17), "r": -8}, {"r": -8, "p": -1}, {"p": 0}], ids=str
    )
    def test_a_head_that_asks_for_all_memory_or_less_than_none_is_not_believed(self, cost):
        content = sealed(b"x")
        told = json.loads(content[len(MAGIC) : head_of(content)])
        with pytest.raises(PassphraseWrong):
            opened(MAGIC + json.dumps(told | cost).encode() + b"\n" + content[head_of(content) :])


class TestKind:
    def test_a_file_of_another_kind_is_not_taken(self):
        with pytest.raises(NotSealed, match="keys"):
            opened(sealed(b"x"), kind="keys")

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", MAGIC, MAGIC + b"[]\n", MAGIC + b'{"kind": "backup"}\n'])
    def test_other_files_are_none(self, content):
        assert sealed_files.kind_of(io.BytesIO(content)) is None
        with pytest.raises(NotSealed):
            opened(content)

    def test_it_is_told_without_a_passphrase(self):
        assert sealed_files.kind_of(io.BytesIO(sealed(b"x", kind="keys"))) == "keys"
