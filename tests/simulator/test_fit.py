"""The market has the shapes of its targets, on a modest sample and another seed than it was fitted with."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from arrears.simulator import fit, measures, parameters
from arrears.simulator.market import Market

AS_OF = date(2026, 8, 1)


@pytest.fixture(scope="module")
def grown() -> Market:
    return fit.grown(borrowers=5000, seed=101, profile="superlender", as_of=AS_OF)


@pytest.fixture(scope="module")
def rows(grown) -> dict[str, fit.Comparison]:
    return {row.measure: row for row in fit.report(grown)}


class TestLateness:
    def test_first_payments_are_as_late_as_the_target(self, grown):
        assert len(measures.first_lateness(grown.state)) > 2500
        assert fit.lateness_ks(grown) <= 0.05

    def test_so_are_those_of_the_other_profile(self):
        other = fit.grown(borrowers=3000, seed=102, profile="home_credit", as_of=AS_OF)
        assert fit.lateness_ks(other) <= 0.05

    def test_the_distance_sees_a_market_that_does_not_fit(self, grown):
        target = parameters.targets()["home_credit_instalment_lateness"]
        simulated = measures.binned(measures.first_lateness(grown.state), target["upto_days"])
        assert measures.kolmogorov_smirnov(simulated, np.array(target["share"])) > 0.2


class TestReport:
    def test_every_target_is_beside_a_figure(self, rows):
        for word in ("lateness", "payment chance", "roll rate", "partial", "attempt", "quarter"):
            assert any(word in measure for measure in rows), word

    def test_the_cure_hazard_follows_the_target(self, rows):
        cures = [
            row for measure, row in rows.items() if measure.startswith("payment chance") and "31–60" not in measure
        ]
        assert len(cures) == 6
        for row in cures:
            assert row.simulated == pytest.approx(row.target, rel=0.2), row.measure

    def test_a_figure_without_a_source_says_so(self, rows):
        assert rows["partial payments, of late payments"].target is None
        assert rows["partial payments, of late payments"].gap is None

    def test_roll_rates_are_shares(self, grown):
        rates = measures.roll_rates(grown.state)
        assert np.allclose(rates.sum(axis=1), 1.0)
        assert rates[2, 0] > rates[4, 0]


class TestMeasures:
    def test_bins_hold_their_last_day(self):
        assert measures.binned(np.array([-8, -7, 0, 1]), [-8, 0, 9999]).tolist() == [0.25, 0.5, 0.25]

    def test_the_hazard_counts_who_is_still_unpaid(self):
        daily = measures.hazard(np.array([-3, 0, 0, 1, 5]), last=2)
        assert daily.tolist() == [0.5, 0.5, 0.0]

    def test_a_market_too_small_to_measure_is_refused(self):
        with pytest.raises(measures.TooFewBehind):
            measures.promise_by_attempt(Market.create(borrowers=20, seed=1, start_on=AS_OF, history_days=40))

    def test_calibration_moves_towards_the_target(self):
        fitted = fit.calibrate(profile="superlender", borrowers=1500, seed=5, as_of=AS_OF, rounds=1)
        shipped = parameters.load().profiles.superlender
        assert fitted["late_share"] == pytest.approx(shipped.late_share, rel=0.15)
        assert fitted["hazard_daily"][0] == pytest.approx(shipped.hazard_daily[0], rel=0.4)


class TestParameters:
    def test_each_table_names_its_source(self, tmp_path):
        bare = tmp_path / "market.toml"
        bare.write_text("[late]\nfrailty_sigma = 1.0\n", encoding="utf-8")
        with pytest.raises(parameters.UnsourcedParameter, match="late"):
            parameters.load(bare)

    def test_each_target_names_its_source_and_use(self):
        for name, target in parameters.targets().items():
            assert target["source"], name
            assert target["use"], name
