"""Money: exact, one currency at a time, and every fen given back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel import errors, money
from arrears.kernel.money import Money

amounts = st.integers(-(10**14), 10**14)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


class TestSplit:
    @given(amounts, weights)
    def test_gives_back_every_fen(self, minor, shares):
        parts = Money(minor, "CNY").split(shares)
        assert sum(part.minor for part in parts) == minor

    @given(amounts, weights)
    def test_is_within_one_fen_of_the_exact_share(self, minor, shares):
        for part, share in zip(Money(minor, "CNY").split(shares), shares, strict=True):
            assert abs(part.minor * sum(shares) - minor * share) < sum(shares)

    def test_the_earlier_part_takes_the_odd_fen(self):
        assert [part.minor for part in Money(100, "CNY").split([1, 1, 1])] == [34, 33, 33]

    def test_refuses_weights_that_share_nothing(self):
        with pytest.raises(errors.InvalidInput):
            Money(100, "CNY").split([0, 0])


class TestArithmetic:
    @given(amounts, amounts)
    def test_what_is_added_can_be_taken_away(self, left, right):
        assert Money(left, "CNY") + Money(right, "CNY") - Money(right, "CNY") == Money(left, "CNY")

    def test_refuses_two_currencies(self):
        with pytest.raises(money.CurrencyMismatch):
            Money(1, "CNY") + Money(1, "USD")

    def test_refuses_floats(self):
        with pytest.raises(errors.InvalidInput):
            Money(1.0, "CNY")  # type: ignore[arg-type]


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
