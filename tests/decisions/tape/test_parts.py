"""The parts of the reader against plain and slow statements of the same thing, on random input."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import hypothesis
import numpy as np
import polars as pl
import pytest
from hypothesis import strategies as st
from tests.decisions.tape import tapes

from arrears.decisions.tape import amounts, csv_scan, masking, phones, policy, reasons
from arrears.kernel import errors, money
from arrears.rules.compliance import facts

QUICK = hypothesis.settings(max_examples=80, deadline=None, database=None)
DIGITS = "０１٣ 0123456789+-.eE_,x"


def plain_amount(text: str, currency: str) -> int | None:
    """What the kernel says of the same amount as it writes it: no plus, digits on both sides, no zeros too many."""
    written = re.fullmatch(r"([+-]?)(?=\.?[0-9])([0-9]*)\.?([0-9]*)", text.strip(" \t"), re.ASCII)
    if written is None:
        return None
    sign, whole, fraction = written.groups()
    digits = money.exponent(currency)
    fraction = fraction[:digits] + fraction[digits:].rstrip("0")
    try:
        minor = money.parse_minor(sign.strip("+") + (whole or "0") + (fraction and f".{fraction}"), currency)
    except errors.InvalidInput:
        return None
    return minor if minor >= 0 else None


class TestAmounts:
    @QUICK
    @hypothesis.given(
        st.lists(
            st.tuples(
                st.one_of(
                    st.text(DIGITS, max_size=8),
                    st.decimals(-10, 10**14, places=4).map(str),
                    st.decimals(-10, 10**6, places=2).map(str),
                    st.from_regex(r"[+-]?[0-9]{0,20}\.?[0-9]{0,6}", fullmatch=True),
                ),
                st.sampled_from(["CNY", "JPY", "KWD"]),
            ),
            min_size=1,
        )
    )
    def test_text_agrees_with_the_kernel(self, rows: list[tuple[str, str]]) -> None:
        texts, currencies = zip(*rows, strict=True)
        digits = amounts.exponents(pl.Series(currencies))
        parsed = amounts.parse(pl.Series(texts), digits, file="f")
        assert parsed.values.to_list() == [plain_amount(*row) for row in rows]
        refused = pl.Series([False] * len(rows))
        for _, mask in parsed.problems:
            assert not (refused & mask).any(), "one reason a row"
            refused = refused | mask
        given_up = [not text.strip(" \t") for text in texts]
        assert [a or b for a, b in zip(refused, given_up, strict=True)] == parsed.values.is_null().to_list()

    @QUICK
    @hypothesis.given(st.lists(st.integers(0, money.MINOR_LIMIT - 1), min_size=1))
    def test_floats_of_exact_amounts_come_back(self, minors: list[int]) -> None:
        digits = pl.Series([2] * len(minors), dtype=pl.UInt8)
        written = pl.Series([float(money.format_minor(minor, "CNY")) for minor in minors])
        assert amounts.parse(written, digits, file="f").values.to_list() == minors

    @QUICK
    @hypothesis.given(st.lists(st.integers(0, 2**40), min_size=1), st.sampled_from([0, 2, 5]))
    def test_decimals_agree_with_text(self, units: list[int], scale: int) -> None:
        digits = pl.Series([(0, 2, 3)[at % 3] for at in range(len(units))], dtype=pl.UInt8)
        decimals = (pl.Series(units).cast(pl.Decimal(38, 0)) / 10**scale).cast(pl.Decimal(38, scale))
        parsed = amounts.parse(decimals, digits, file="f").values
        assert parsed.to_list() == amounts.parse(decimals.cast(pl.String), digits, file="f").values.to_list()


class TestScan:
    @QUICK
    @hypothesis.given(st.binary(max_size=12))
    def test_utf8_agrees_with_the_language(self, data: bytes) -> None:
        found = csv_scan.first_bad_byte(np.frombuffer(data, dtype=np.uint8), 0, len(data))
        replaced = data.decode("utf-8", "ignore").encode()
        assert (found == -1) == (replaced == data)
        if found >= 0:
            with pytest.raises(UnicodeDecodeError) as judged:
                data.decode()
            assert found == judged.value.start

    @QUICK
    @hypothesis.given(st.lists(st.lists(st.text('ab",\n\r é', max_size=4), min_size=3, max_size=3), min_size=1))
    def test_what_a_csv_writer_writes_is_all_sound(self, rows: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
        data = np.frombuffer(text.getvalue().encode(), dtype=np.uint8)
        found = csv_scan.scan(data, begin=0, fields=3, record_lines=100)
        assert (found.records, len(found.cuts)) == (len(rows), 0)

    @QUICK
    @hypothesis.given(st.text('ab",\n\r', max_size=60))
    def test_every_byte_is_a_record_or_a_cut(self, text: str) -> None:
        data = np.frombuffer(text.encode(), dtype=np.uint8)
        found = csv_scan.scan(data, begin=0, fields=2, record_lines=3)
        assert all(start < end for start, end in found.cuts)
        assert all(before <= after for (_, before), (after, _) in zip(found.cuts, found.cuts[1:], strict=False))
        rest = "".join(
            text[before:after]
            for before, after in zip([0, *found.cuts[:, 1]], [*found.cuts[:, 0], len(text)], strict=True)
        )
        if "\r" not in rest:
            read = list(csv.reader(io.StringIO(rest, newline=""), strict=True))
            assert [len(row) for row in read] == [2] * found.records
        if rest:
            columns = pl.read_csv(rest.encode(), has_header=False, new_columns=["a", "b"], infer_schema=False)
            assert columns.shape == (found.records, 2)

    def test_any_number_of_broken_lines_keeps_the_lines_of_the_rest(self) -> None:
        data = np.frombuffer(b"a,b\n" + b"1,2\nbroken\n" * 300, dtype=np.uint8)
        found = csv_scan.scan(data, begin=4, fields=2, record_lines=3)
        assert found.records == 300
        assert found.lines.tolist() == list(range(3, 603, 2))
        assert found.jumps.tolist() == [[n, 2 + 2 * n] for n in range(300)]


class TestPhones:
    @QUICK
    @hypothesis.given(
        st.lists(
            st.tuples(
                st.one_of(
                    st.from_regex(r"(\+86 ?|0086|86|0)?1[0-9]{2}-?[0-9]{4} ?[0-9]{4}", fullmatch=True),
                    st.from_regex(r"\+?[0-9]{5,13}", fullmatch=True),
                    st.from_regex(r"(\+234|\+1|\+44|\+91|0)?[1-9][0-9]{8,10}", fullmatch=True),
                ),
                st.sampled_from(["CN", "NG", "US", "GB", "IN", "JP", "MX", "BR", "XX"]),
                st.sampled_from(["MOBILE", "LANDLINE"]),
            ),
            min_size=1,
        )
    )
    def test_the_quick_way_says_what_the_library_says(self, rows: list[tuple[str, str, str]]) -> None:
        columns = [pl.Series(column) for column in zip(*rows, strict=True)]
        assert phones.normalised(*columns).to_list() == [phones.e164(*row) for row in rows]

    def test_numbers_are_brought_to_one_form(self) -> None:
        written = ["13812345678", "138-1234-5678", "+86 138 1234 5678", "0086 13812345678"]
        columns = (pl.Series(written), pl.Series(["CN"] * 4), pl.Series(["MOBILE"] * 4))
        assert phones.normalised(*columns).unique().to_list() == ["+8613812345678"]


class TestMasking:
    @QUICK
    @hypothesis.given(st.from_regex(r"\+?[0-9]{10,13}|[0-9]{17}[0-9X]|[一-龥]{2,4}", fullmatch=True), st.booleans())
    def test_no_name_telephone_or_id_number_shows(self, value: str, identity: bool) -> None:
        shown = pl.select(masking.masked(pl.lit(value), identity=identity)).item()
        assert sum(a == b for a, b in zip(value, shown, strict=False)) <= 2 + ("*" in value)
        assert value not in shown

    @pytest.mark.parametrize("value", ["12.345", "-1", "2026-02-30", "NaN", "1e5", ""])
    def test_figures_show(self, value: str) -> None:
        assert pl.select(masking.masked(pl.lit(value), identity=False)).item() == value


class TestReasons:
    def test_every_reason_has_a_meaning_in_both_languages(self) -> None:
        codes = {value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)}
        assert codes == set(reasons.MEANINGS)
        assert all(english and chinese for english, chinese in reasons.MEANINGS.values())


CELLS = st.sampled_from(["", "A1", "A2", "C1", "P1", "1", "2", "-1", "1.5", "1.005", "2026-02-01", "2027-01-01", '"'])


class TestCounts:
    @hypothesis.settings(max_examples=25, deadline=None, database=None)
    @hypothesis.given(st.data())
    def test_accepted_and_quarantined_are_what_was_read(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        files = {}
        for table in ("instalments", "payments", "pauses"):
            width = tapes.SOUND[table].splitlines()[0].count(",") + 1
            rows = data.draw(st.lists(st.lists(CELLS, min_size=width - 1, max_size=width + 1), max_size=12))
            files[table] = tapes.SOUND[table] + "".join(",".join(row) + "\n" for row in rows)
        folder: Path = tapes.write(tmp_path_factory.mktemp("tape"), files)
        reading = tapes.read(folder, policy=tapes.TAKES_ALL)
        report = reading.report
        assert report.accepted + report.quarantined == report.read
        assert reading.quarantine.height == report.quarantined
        assert set(reading.quarantine["reason"]) <= set(reasons.MEANINGS)


class TestTheManual:
    def test_it_lists_every_reason_as_the_code_means_it(self) -> None:
        manual = (Path(__file__).parents[3] / "docs" / "tape.md").read_text(encoding="utf-8")
        for code, (english, chinese) in reasons.MEANINGS.items():
            assert f"| `{code}` | {english} | {chinese} |" in manual
        listed = re.findall(r"^\| `(\w+)` \|", manual, re.MULTILINE)
        assert listed == list(reasons.MEANINGS)

    def test_it_lists_every_code_of_a_closed_list(self) -> None:
        manual = (Path(__file__).parents[3] / "docs" / "tape.md").read_text(encoding="utf-8")
        codes, told = manual.split("- **Codes**.")[1].split("- **Identifiers**")[0], manual.split("Outcomes, ")[1]
        known = policy.load()
        for code in (*known.kinds, *known.relations):
            assert re.search(rf"[` ]{code}[` ]", codes), code
        for outcome in sorted(facts.OUTCOMES):
            assert re.search(rf"[`\s]{outcome}[`\s]", told.split("Do not send")[0]), outcome
