"""The shipped stage and treatment policies do what their annotations say, rule by rule, and leave no gap."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tables import dmn

import arrears.policies
from arrears.decisions.tables import evaluate, strategy

FOLDER = Path(str(arrears.policies.__file__)).parent / "strategy"
STAGES = strategy.load(FOLDER / "stages.dmn")
TREATMENTS = strategy.load(FOLDER / "treatments.dmn")

NOBODY = {
    "stage": "NONE",
    "dpd_max": 0,
    "days_to_due": None,
    "overdue_minor": 0,
    "currency": "CNY",
    "cure_share": None,
    "has_mobile": True,
    "days_since_call": None,
    "days_since_visit": None,
    "days_since_agency": None,
    "days_since_legal": None,
    "days_since_sms": None,
    "open_call_task": False,
    "open_visit_task": False,
    "open_agency_task": False,
    "with_agency": False,
    "open_legal_task": False,
    "open_write_off": False,
    "written_off": False,
}
TYPES = {
    **dict.fromkeys(NOBODY, pl.Boolean),
    **dict.fromkeys(("stage", "currency"), pl.String),
    **dict.fromkeys(("dpd_max", "days_to_due", "overdue_minor"), pl.Int64),
    **dict.fromkeys((f"days_since_{kind}" for kind in ("call", "visit", "agency", "legal", "sms")), pl.Int64),
    "cure_share": pl.Float64,
}


def stage_of(**facts: object) -> str:
    row = {"dpd_max": 0, "days_to_due": None, "overdue_minor": 0, "outstanding_minor": 100_000, "written_off": False}
    types = {**dict.fromkeys(row, pl.Int64), "written_off": pl.Boolean}
    return str(STAGES.evaluate(pl.DataFrame([row | facts], schema=types))["stage"][0])


def done(**facts: object) -> list[tuple[str, str | None, str]]:
    """(action, template, reason) of everything that is done for one customer."""
    told = TREATMENTS.evaluate(pl.DataFrame([NOBODY | facts], schema=TYPES))
    return told.select("action", "template", "reason").rows()


def by_day(days: range, **facts: object) -> dict[int, list[tuple[str, str | None, str]]]:
    """What is done on each of many days past due, all evaluated at once."""
    frame = pl.DataFrame([NOBODY | facts | {"dpd_max": day} for day in days], schema=TYPES)
    told: dict[int, list[tuple[str, str | None, str]]] = {day: [] for day in days}
    for row, *one in TREATMENTS.evaluate(frame).select("row", "action", "template", "reason").rows():
        told[days[row]].append((one[0], one[1], one[2]))
    return told


def days_with(action: str, days: range, **facts: object) -> list[int]:
    return [day for day, told in by_day(days, **facts).items() if action in {one for one, _, _ in told}]


def actions(**facts: object) -> set[str]:
    return {action for action, _, _ in done(**facts)}


class TestStages:
    @pytest.mark.parametrize(
        ("dpd", "stage"),
        [(1, "EARLY"), (60, "EARLY"), (61, "LATE"), (180, "LATE"), (181, "BAD_DEBT"), (900, "BAD_DEBT")],
    )
    def test_days_past_due_decide(self, dpd: int, stage: str) -> None:
        assert stage_of(dpd_max=dpd, overdue_minor=1) == stage

    @pytest.mark.parametrize(("days", "stage"), [(3, "WARNING"), (0, "WARNING"), (4, "NONE"), (None, "NONE")])
    def test_a_due_date_within_three_days_warns(self, days: int | None, stage: str) -> None:
        assert stage_of(days_to_due=days) == stage

    def test_a_written_off_claim_is_pursued(self) -> None:
        assert stage_of(written_off=True) == "BAD_DEBT"
        assert stage_of(written_off=True, outstanding_minor=0) == "NONE"

    def test_an_unknown_write_off_is_none(self) -> None:
        assert stage_of(written_off=None, dpd_max=30, overdue_minor=1) == "EARLY"

    def test_nothing_owed_is_nothing_to_collect(self) -> None:
        assert stage_of(dpd_max=30, overdue_minor=0) == "NONE"
        assert stage_of(days_to_due=1, outstanding_minor=0) == "NONE"

    def test_every_day_has_one_stage_and_no_two_rules_meet(self) -> None:
        days = pl.DataFrame({"dpd_max": range(-30, 1200)}).join(
            pl.DataFrame({"days_to_due": [None, 0, 3, 4]}), how="cross"
        )
        frame = days.join(pl.DataFrame({"written_off": [None, True, False]}), how="cross").with_columns(
            overdue_minor=pl.when(pl.col("dpd_max") > 0).then(500).otherwise(0), outstanding_minor=pl.lit(900)
        )
        told = STAGES.evaluate(frame)
        assert told["stage"].null_count() == 0
        owing = frame.with_columns(told["stage"]).filter(pl.col("dpd_max") > 0)
        assert set(owing["stage"]) == {"EARLY", "LATE", "BAD_DEBT"}


class TestWarning:
    @pytest.mark.parametrize(("days", "template"), [(3, "REMIND_T3"), (1, "REMIND_T1"), (0, "REMIND_T0")])
    def test_it_reminds_and_opens_nothing(self, days: int, template: str) -> None:
        assert done(stage="WARNING", days_to_due=days) == [("SMS", template, f"DUE_IN_{days}")]

    @pytest.mark.parametrize(("days", "since", "told"), [(3, 2, 0), (3, 3, 1), (1, 1, 0), (1, 3, 1), (0, 1, 1)])
    def test_whoever_was_just_texted_about_another_payment_hears_of_this_on_its_day(self, days, since, told):
        assert len(done(stage="WARNING", days_to_due=days, days_since_sms=since)) == told

    def test_other_days_are_quiet(self) -> None:
        assert done(stage="WARNING", days_to_due=2) == []

    def test_without_a_mobile_nothing_is_sent(self) -> None:
        assert done(stage="WARNING", days_to_due=3, has_mobile=False) == []


class TestEarly:
    def test_the_cadence_is_a_function_of_the_day(self) -> None:
        sent = {
            day: template
            for day, told in by_day(range(1, 61), stage="EARLY", overdue_minor=1).items()
            for action, template, _ in told
            if action == "SMS"
        }
        late = dict.fromkeys((25, 35, 50), "EARLY_D30")
        assert sent == {1: "EARLY_D1", 3: "EARLY_D3", 7: "EARLY_D7", 15: "EARLY_D15", **late}

    @pytest.mark.parametrize(("share", "first"), [(None, 4), (0.0, 4), (0.69, 4), (0.7, 8), (1.0, 8)])
    def test_self_curers_are_called_later(self, share: float | None, first: int) -> None:
        called = days_with("CALL_TASK", range(1, 61), stage="EARLY", cure_share=share)
        assert called == list(range(first, 61))

    @pytest.mark.parametrize(
        ("facts", "called"),
        [({"open_call_task": True}, False), ({"days_since_call": 13}, False), ({"days_since_call": 14}, True)],
    )
    def test_calls_do_not_pile_up(self, facts: dict[str, object], called: bool) -> None:
        assert ("CALL_TASK" in actions(stage="EARLY", dpd_max=30, **facts)) is called


class TestLate:
    def test_notices_follow_the_day(self) -> None:
        told = by_day(range(61, 181), stage="LATE")
        days = [day for day, done_then in told.items() if ("SMS", "LATE_NOTICE", "LATE_CADENCE") in done_then]
        assert days == [61, 75, 90, 105, 120, 150]

    def test_calls_go_on(self) -> None:
        assert days_with("CALL_TASK", range(61, 181), stage="LATE") == list(range(61, 181))

    @pytest.mark.parametrize(
        ("facts", "wanted"),
        [
            ({"dpd_max": 74, "overdue_minor": 500_000}, False),
            ({"dpd_max": 75, "overdue_minor": 500_000}, True),
            ({"dpd_max": 75, "overdue_minor": 499_999}, False),
            ({"dpd_max": 75, "overdue_minor": 1, "currency": "USD"}, True),
            ({"dpd_max": 75, "overdue_minor": 500_000, "open_visit_task": True}, False),
            ({"dpd_max": 75, "overdue_minor": 500_000, "days_since_visit": 29}, False),
            ({"dpd_max": 75, "overdue_minor": 500_000, "days_since_visit": 30}, True),
            ({"dpd_max": 75, "overdue_minor": 500_000, "open_legal_task": True}, False),
        ],
    )
    def test_visits(self, facts: dict[str, object], wanted: bool) -> None:
        assert ("VISIT_TASK" in actions(stage="LATE", **facts)) is wanted

    @pytest.mark.parametrize(
        ("dpd", "overdue", "currency", "wanted"),
        [
            (90, 1, "CNY", False),
            (91, 499_999, "CNY", True),
            (120, 500_000, "CNY", False),
            (121, 500_000, "CNY", True),
            (121, 1_000_000, "CNY", False),
            (91, 9_000_000, "JPY", True),
            (151, 9_000_000, "JPY", False),
        ],
    )
    def test_agencies(self, dpd: int, overdue: int, currency: str, wanted: bool) -> None:
        facts = {"stage": "LATE", "dpd_max": dpd, "overdue_minor": overdue, "currency": currency}
        assert ("AGENCY_TASK" in actions(**facts)) is wanted
        assert "AGENCY_TASK" not in actions(**facts, open_agency_task=True)
        assert "AGENCY_TASK" not in actions(**facts, days_since_agency=29)
        assert ("AGENCY_TASK" in actions(**facts, days_since_agency=30)) is wanted

    @pytest.mark.parametrize(
        ("dpd", "overdue", "currency", "wanted"),
        [
            (120, 1_000_000, "CNY", False),
            (121, 1_000_000, "CNY", True),
            (180, 999_999, "CNY", False),
            (151, 1, "EUR", True),
        ],
    )
    def test_lawyers(self, dpd: int, overdue: int, currency: str, wanted: bool) -> None:
        facts = {"stage": "LATE", "dpd_max": dpd, "overdue_minor": overdue, "currency": currency}
        assert ("LEGAL_TASK" in actions(**facts)) is wanted
        assert "LEGAL_TASK" not in actions(**facts, open_legal_task=True)
        assert "LEGAL_TASK" not in actions(**facts, days_since_legal=29)
        assert ("LEGAL_TASK" in actions(**facts, days_since_legal=30)) is wanted

    @pytest.mark.parametrize(("dpd", "currency"), [(110, "CNY"), (140, "EUR")])
    def test_who_will_go_to_the_lawyers_is_told_before(self, dpd: int, currency: str) -> None:
        facts = {"stage": "LATE", "dpd_max": dpd, "overdue_minor": 1_000_000, "currency": currency}
        assert ("SMS", "PRE_LEGAL", "PRE_LEGAL_NOTICE") in done(**facts)
        assert ("SMS", "PRE_LEGAL", "PRE_LEGAL_NOTICE") not in done(**facts, open_legal_task=True)


class TestWithAnAgency:
    @pytest.mark.parametrize("stage", ["EARLY", "LATE"])
    def test_we_do_not_collect_beside_it_but_warn_of_the_law(self, stage: str) -> None:
        for overdue in (400_000, 600_000, 2_000_000):
            told = by_day(range(1, 181), stage=stage, overdue_minor=overdue, with_agency=True, open_agency_task=True)
            kinds = {one for day in told.values() for one in day}
            assert kinds <= {("SMS", "PRE_LEGAL", "PRE_LEGAL_NOTICE"), ("LEGAL_TASK", None, "LATE_LEGAL")}

    def test_due_dates_are_still_reminded_of_and_a_task_alone_stops_nothing(self) -> None:
        assert actions(stage="WARNING", days_to_due=1, with_agency=True) == {"SMS"}
        assert actions(stage="LATE", dpd_max=105, open_agency_task=True) == {"SMS", "CALL_TASK"}


class TestBadDebt:
    def test_a_write_off_is_proposed_once(self) -> None:
        told = {"days_since_sms": 1, "days_since_call": 1}
        assert actions(stage="BAD_DEBT", dpd_max=181, **told) == {"WRITE_OFF_PROPOSAL"}
        assert actions(stage="BAD_DEBT", dpd_max=181, open_write_off=True, **told) == set()
        assert actions(stage="BAD_DEBT", dpd_max=181, written_off=True, **told) == set()

    @pytest.mark.parametrize("dpd", [0, 181, 900])
    @pytest.mark.parametrize(("since", "again"), [(None, True), (89, False), (90, True)])
    def test_the_claim_is_kept_alive_every_three_months(self, dpd: int, since: int | None, again: bool) -> None:
        facts = {"stage": "BAD_DEBT", "dpd_max": dpd, "overdue_minor": 10_000, "written_off": True}
        done_then = actions(**facts, days_since_sms=since, days_since_call=since)
        assert done_then == ({"SMS", "CALL_TASK"} if again else set())
        assert "CALL_TASK" not in actions(**facts, open_call_task=True)

    @pytest.mark.parametrize(("currency", "called"), [("CNY", False), ("USD", True)])
    def test_of_little_money_there_is_only_the_notice(self, currency: str, called: bool) -> None:
        facts = {"stage": "BAD_DEBT", "overdue_minor": 119, "written_off": True, "currency": currency}
        assert actions(**facts) == ({"SMS", "CALL_TASK"} if called else {"SMS"})

    def test_an_agency_that_has_the_case_is_left_to_it(self) -> None:
        assert actions(stage="BAD_DEBT", overdue_minor=90_000, written_off=True, with_agency=True) == set()


class TestTreatments:
    def test_nobody_is_bothered_who_owes_nothing(self) -> None:
        days = pl.DataFrame({"dpd_max": range(-5, 400)}).join(pl.DataFrame({"days_to_due": range(-1, 32)}), how="cross")
        others = {name: value for name, value in NOBODY.items() if name not in days.columns}
        frame = days.with_columns(pl.lit(value, TYPES[name]).alias(name) for name, value in others.items())
        assert len(TREATMENTS.evaluate(frame)) == 0

    def test_somebody_works_on_every_day_past_due(self) -> None:
        for stage, days in (("EARLY", range(4, 61)), ("LATE", range(61, 181)), ("BAD_DEBT", range(181, 400))):
            for currency in ("CNY", "USD"):
                assert all(by_day(days, stage=stage, overdue_minor=1, currency=currency).values())

    def test_every_rule_is_annotated_in_both_languages_and_sourced(self) -> None:
        for table in (STAGES.logic, TREATMENTS.logic):
            assert table.annotation_names == ("说明", "Explanation", "依据 Source")
            assert all(len(rule.annotations) == 3 and all(rule.annotations) for rule in table.rules)

    def test_outputs_are_among_the_listed_actions(self) -> None:
        listed = set(TREATMENTS.logic.outputs[0].values)
        assert {rule.outputs[0] for rule in TREATMENTS.logic.rules} <= listed

    def test_thirty_thousand_rows_answer_as_each_alone(self) -> None:
        few = pl.DataFrame(
            [NOBODY | {"stage": "LATE", "dpd_max": d, "overdue_minor": d * 10_000} for d in range(61, 181)],
            schema=TYPES,
        )
        many = TREATMENTS.evaluate(pl.concat([few] * 250))
        alone = TREATMENTS.evaluate(few)
        assert len(many) == len(alone) * 250
        last = many.filter(pl.col("row") >= 120 * 249).with_columns(pl.col("row") - 120 * 249)
        assert last.equals(alone)


class TestLoad:
    def test_a_formula_is_no_strategy(self, tmp_path: Path) -> None:
        file = tmp_path / "f.dmn"
        file.write_text(dmn.definitions({"Answer": dmn.literal("1 + 1")}, {}), encoding="utf-8")
        with pytest.raises(strategy.NotATable):
            strategy.load(file)

    def test_an_ambiguous_strategy_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "f.dmn"
        logic = dmn.table("UNIQUE", ["n"], ["o"], [(["> 1"], ["1"]), (["> 2"], ["2"])])
        file.write_text(dmn.definitions({"Answer": logic}, {"n": "number"}), encoding="utf-8")
        with pytest.raises(evaluate.RulesConflict):
            strategy.load(file).evaluate(pl.DataFrame({"n": [3]}))

    def test_a_rule_is_found_by_its_number(self) -> None:
        told = STAGES.evaluate(
            pl.DataFrame(
                {
                    "dpd_max": [70],
                    "days_to_due": [1],
                    "overdue_minor": [1],
                    "outstanding_minor": [1],
                    "written_off": [False],
                }
            )
        )
        assert "61" in STAGES.rule(told["rule"][0]).annotations[0]
