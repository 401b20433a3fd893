"""Texts cut into short messages and put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import gsm

from arrears.channels.sms_smpp import segments

GSM_TEXT = st.text(alphabet=sorted(segments.GSM_UNITS), min_size=1, max_size=700)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)


def together(cut: segments.Segmented) -> str:
    pieces = [segments.piece_of(part, has_header=bool(cut.esm_class)) for part in cut.parts]
    assert [piece.number for piece in pieces] == list(range(1, len(pieces) + 1))
    assert {piece.count for piece in pieces} == {len(pieces)}
    # Each body is read by itself: a broken character would show.
    return "".join(segments.decode(piece.body, cut.coding) for piece in pieces)


@given(st.one_of(GSM_TEXT, ANY_TEXT), st.integers(0, 255), st.booleans())
def test_every_text_comes_back(text: str, reference: int, seven_bit: bool) -> None:
    cut = segments.segment(text, reference=reference, seven_bit=seven_bit)
    assert together(cut) == text
    assert all(len(part) <= (160 if cut.coding == 0 else 140) for part in cut.parts)


@given(ANY_TEXT)
def test_the_seven_bit_alphabet_is_chosen_when_it_can_say_it_all(text: str) -> None:
    cut = segments.segment(text, reference=1)
    assert (cut.coding == 0) == set(text).issubset(segments.GSM_UNITS)


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [6 + 153, 6 + 8]),
        ("a" * 306, [6 + 153, 6 + 153]),
        ("a" * 307, [6 + 153, 6 + 153, 6 + 1]),
        ("€" * 80, [160]),
        ("€" * 81, [6 + 152, 6 + 10]),
        ("款" * 70, [140]),
        ("款" * 71, [6 + 134, 6 + 8]),
        ("款" * 134, [6 + 134, 6 + 134]),
        ("🏦" * 35, [140]),
        ("🏦" * 36, [6 + 132, 6 + 12]),
    ],
)
def test_parts_are_as_long_as_the_standard_allows(text: str, lengths: list[int]) -> None:
    assert [len(part) for part in segments.segment(text, reference=9).parts] == lengths


def test_the_header_is_the_standards() -> None:
    first, second = segments.segment("款" * 71, reference=0xAB).parts
    assert (first[:6].hex(), second[:6].hex()) == ("050003ab0201", "050003ab0202")


@given(st.text(alphabet="@£$ABCxyz019 \n!?äöüÄÖÑ^{}[]~|\\€", min_size=1, max_size=160))
def test_the_alphabet_agrees_with_an_independent_table(text: str) -> None:
    units = segments.gsm_units(text)
    assert units is not None
    assert b"".join(units) == gsm.gsm_encode(text)


@pytest.mark.parametrize("text", ["`", "ç", "\x1b", "я", "款"])
def test_what_the_alphabet_lacks_goes_as_ucs2(text: str) -> None:
    assert segments.segment(text, reference=0).coding == 8


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", segments.EmptyText),
        ("a" * 153 * 256, segments.TextTooLong),
        ("\ud83d", segments.UnspeakableText),
    ],
)
def test_what_cannot_be_cut_is_refused(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        segments.segment(text, reference=0)


class TestPieceOf:
    def test_it_reads_a_reference_of_sixteen_bits(self) -> None:
        piece = segments.piece_of(bytes.fromhex("06080412340302") + b"hi", has_header=True)
        assert piece == segments.Piece(0x1234, 3, 2, b"hi")

    def test_it_skips_header_elements_that_it_does_not_need(self) -> None:
        piece = segments.piece_of(bytes.fromhex("0a05040b8423f0" + "0003070201") + b"x", has_header=True)
        assert (piece.count, piece.number) == (2, 1)

    @given(st.binary(max_size=20), st.booleans())
    def test_it_reads_any_octets_without_an_error(self, body: bytes, has_header: bool) -> None:
        segments.piece_of(body, has_header=has_header)

    @given(st.binary(max_size=40), st.integers(0, 255))
    def test_any_octets_decode_to_something(self, body: bytes, coding: int) -> None:
        assert isinstance(segments.decode(body, coding), str)

    @pytest.mark.parametrize(
        ("body", "coding"),
        [
            ("不想活了".encode("utf-16-be"), 0x08),
            (b"\xff\xfe" + "不想活了".encode("utf-16-le"), 0x08),
            (b"\xfe\xff" + "不想活了".encode("utf-16-be"), 0x08),
            *(("不想活了".encode("utf-16-be"), coding) for coding in (0x18, 0x19)),
            *(("不想活了".encode(), coding) for coding in (0x02, 0x04, 0xF4)),
            ("不想活了".encode("gb18030"), 0x0F),
        ],
    )
    def test_what_phones_and_centres_send_is_read(self, body: bytes, coding: int) -> None:
        assert segments.decode(body, coding) == "不想活了"

    def test_what_says_its_alphabet_is_read_by_that(self) -> None:
        assert segments.decode(b"caf\xe9", 0x03) == "café"
        assert segments.decode("привет".encode("iso8859-5"), 0x06) == "привет"
        assert segments.decode("안녕".encode("euc_kr"), 0x0E) == "안녕"
        assert segments.decode(segments.GSM_UNITS["è"] + b"hi", 0x10) == "èhi"
