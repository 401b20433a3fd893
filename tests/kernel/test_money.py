"""Money: what is written is read back exactly, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel import errors, money

amounts = st.integers(-(10**14), 10**14)


class TestText:
    @given(amounts, st.sampled_from(["CNY", "JPY", "KWD"]))
    def test_reads_what_it_writes(self, minor, currency):
        assert money.parse_minor(money.format_minor(minor, currency), currency) == minor

    @pytest.mark.parametrize(
        "text",
        [
            *("1.234", "", "abc", "1e999999", "NaN", "Infinity", "1,000.00", "1000000000000000"),
            *(
                "1e2",
                "1_0",
                "１０",
                "１００.00",
                "٣",
                " 5 ",
                "5 ",
                "5\n",
                "5.",
                ".5",
                "+5",
                "--5",
                "-",
                ".",
                "1.000",
                "5.0.0",
            ),
            "9" * 5_000,
        ],
    )
    def test_refuses_what_is_not_an_exact_amount(self, text):
        with pytest.raises(errors.InvalidInput):
            money.parse_minor(text, "CNY")

    @given(st.text("0123456789.-+eE_, ０１\n", max_size=8), st.sampled_from(["CNY", "JPY", "KWD"]))
    def test_one_amount_is_written_in_one_way_but_for_zeros(self, text, currency):
        try:
            minor = money.parse_minor(text, currency)
        except errors.InvalidInput:
            return
        whole, _, fraction = money.format_minor(minor, currency).lstrip("-").partition(".")
        read, _, part = text.lstrip("-").partition(".")
        assert (read.lstrip("0") or "0", part.ljust(len(fraction), "0")) == (whole, fraction)

    def test_yen_have_no_decimals(self):
        assert money.parse_minor("1234", "JPY") == 1234
        with pytest.raises(errors.InvalidInput):
            money.parse_minor("12.5", "JPY")
