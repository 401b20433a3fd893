"""A card's points are what its file says, its odds double where it says so, and its reasons name what weighed most."""

from __future__ import annotations

import math

import polars as pl
import pytest

from arrears import policies
from arrears.decisions import features, learning, scorecard
from arrears.decisions.scorecard import Bin, Card, Part

CARD = Card(
    "test",
    points_double=20,
    base=0,
    parts=(
        Part("dpd", (Bin(7, 20), Bin(30, 0), Bin(None, -40)), missing=0),
        Part("burden", (Bin(0.1, 5), Bin(None, -10)), missing=-20),
    ),
)


def rows(*told: tuple[float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(told, schema={"dpd": pl.Float64, "burden": pl.Float64}, orient="row").with_columns(base=0.5)


def scored(*told: tuple[float | None, float | None]) -> pl.DataFrame:
    return scorecard.apply(CARD, rows(*told), base="base")


class TestApply:
    def test_so_many_points_double_the_odds(self):
        [share] = scored((7.0, 0.1))["share"]  # 25 points
        assert share / (1 - share) == pytest.approx(2 ** (25 / 20), abs=1e-4)

    @pytest.mark.parametrize(
        ("dpd", "burden", "points"),
        [(7.0, 0.1, 25), (7.1, 0.1, 5), (30.0, 0.11, -10), (31.0, 0.2, -50), (None, None, -20)],
        ids=["edge is inside", "just above", "second edge", "last bin", "not known"],
    )
    def test_a_value_has_the_points_of_its_bin(self, dpd, burden, points):
        assert scored((dpd, burden))["points"].to_list() == [points]

    def test_reasons_name_the_weightiest_first_and_nothing_that_weighed_nothing(self):
        told = scored((31.0, 0.05), (10.0, None), (10.0, 0.0))["reasons"].to_list()
        assert told == ["dpd-40 burden+5", "burden-20", "burden+5"]

    def test_no_points_leave_the_counted_share_as_it_is(self):
        neutral = Card("none", 20, 0, (Part("dpd", (Bin(None, 0),), 0),))
        assert scorecard.apply(neutral, rows((9.0, 0.3)), base="base").select("share", "reasons").rows() == [(0.5, "")]

    def test_certainty_is_not_of_this_world(self):
        sure = rows((9.0, 0.05)).with_columns(base=pl.Series([1.0]))
        assert 0.999 < scorecard.apply(CARD, sure, base="base")["share"][0] < 1


class TestRead:
    def test_the_shipped_card_reads_and_explains_itself(self):
        card = scorecard.read(policies.folder() / "scoring" / "cure_card.toml")
        assert [part.code for part in card.parts] == list(features.CODES)

    @pytest.mark.parametrize(
        ("feature", "problem"),
        [
            ('code = "region"\nbins = [{points = 1}]\nmissing = 0', "no feature 'region'"),
            (
                'code = "dpd"\nbins = [{upto = 9, points = 1}, {upto = 3, points = 2}, {points = 1}]\nmissing = 0',
                "ascend",
            ),
            ('code = "dpd"\nbins = [{upto = 9, points = 1}]\nmissing = 0', "end with an upto"),
            ('code = "dpd"\nbins = [{points = 1}]', "missing"),
        ],
    )
    def test_a_wrong_card_is_refused_with_its_fault(self, tmp_path, feature, problem):
        path = tmp_path / "card.toml"
        path.write_text(f'version = "x"\npoints_double = 20\nbase = 0\n[[feature]]\n{feature}\n')
        with pytest.raises(scorecard.UnreadableCard, match=problem):
            scorecard.read(path)


class TestLearning:
    def test_it_finds_the_odds_that_made_the_rows(self):
        """Twice the odds below seven days, half above, from even odds: 20 points up and 20 down, around the mean."""
        told = [(3.0, True)] * 2_000 + [(3.0, False)] * 1_000 + [(20.0, True)] * 1_000 + [(20.0, False)] * 2_000
        frame = pl.DataFrame(told, schema={"dpd": pl.Float64, "cured": pl.Boolean}, orient="row").with_columns(base=0.5)
        card = learning.fit(frame, edges={"dpd": (7,)}, base="base", label="cured", version="t", ridge=0.01)
        assert card.base == 0
        assert card.parts == (Part("dpd", (Bin(7, 20), Bin(None, -20)), 0),)

    def test_measures_are_those_of_the_textbook(self):
        share = pl.Series([0.9, 0.8, 0.4, 0.3])
        told = learning.measure(share, pl.Series([True, False, True, False]))
        assert told.auc == 0.75  # of four pairs, three the right way round
        assert told.ks == 0.5
        assert told.brier == pytest.approx((0.01 + 0.64 + 0.36 + 0.09) / 4)
        assert (told.base_rate, told.expected) == (0.5, pytest.approx(0.6))

    def test_equal_estimates_tell_nobody_apart(self):
        told = learning.measure(pl.Series([0.5] * 4), pl.Series([True, False, True, False]))
        assert (told.auc, told.ks) == (0.5, 0.0)
        assert math.isclose(told.brier, 0.25)
