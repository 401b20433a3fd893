"""Each hit policy answers as the standard says, through the columns."""

from __future__ import annotations

import polars as pl
import pytest
from tests.decisions.tables import dmn

from arrears.decisions.tables import evaluate, operators, parse

OVERLAPPING = [([">= 1"], ['"low"']), ([">= 2"], ['"mid"']), ([">= 3"], ['"high"'])]


def _answer(logic: str, values: list[float | None], strict: bool = False) -> tuple[list[object], list[list[int]]]:
    told = evaluate.evaluate(dmn.model(logic, {"n": "number"}), pl.DataFrame({"n": values}), strict=strict)
    return told.result().to_list(), told.rules().to_list()


class TestUnique:
    def test_one_rule_answers(self) -> None:
        logic = dmn.table("UNIQUE", ["n"], ["o"], [(["< 5"], ["1"]), ([">= 5"], ["2"])])
        assert _answer(logic, [4, 5, None]) == ([1, 2, None], [[1], [2], []])

    def test_two_rules_give_null_and_name_themselves(self) -> None:
        logic = dmn.table("UNIQUE", ["n"], ["o"], OVERLAPPING)
        assert _answer(logic, [1, 2, 3]) == (["low", None, None], [[1], [1, 2], [1, 2, 3]])

    def test_the_collision_is_reported(self) -> None:
        model = dmn.model(dmn.table("UNIQUE", ["n"], ["o"], OVERLAPPING), {"n": "number"})
        (finding,) = evaluate.evaluate(model, pl.DataFrame({"n": [1, 3, 2]})).findings
        assert (finding.rows, finding.first_row, finding.rules) == (2, 1, (1, 2, 3))
        assert "rules 1 and 2 and 3 fired together under UNIQUE on row 2" in str(finding)

    def test_strict_refuses_it(self) -> None:
        with pytest.raises(evaluate.RulesConflict, match="fired together"):
            _answer(dmn.table("UNIQUE", ["n"], ["o"], OVERLAPPING), [3], strict=True)


class TestAny:
    def test_equal_outputs_may_overlap(self) -> None:
        logic = dmn.table("ANY", ["n"], ["o"], [(["> 1"], ['"x"']), (["> 2"], ['"x"']), (["< 0"], ['"y"'])])
        assert _answer(logic, [3, 2, -1]) == (["x", "x", "y"], [[1], [1], [3]])

    def test_different_outputs_give_null(self) -> None:
        logic = dmn.table("ANY", ["n"], ["o"], [(["> 1"], ['"x"']), (["> 2"], ['"y"'])])
        assert _answer(logic, [2, 3]) == (["x", None], [[1], [1, 2]])

    def test_outputs_that_are_worked_out_are_compared_row_by_row(self) -> None:
        logic = dmn.table("ANY", ["n"], ["o"], [(["> 1"], ["n * 2"]), (["> 2"], ["n + 3"])])
        assert _answer(logic, [2, 3, 4]) == ([4, 6, None], [[1], [1], [1, 2]])


class TestOrder:
    def test_first_takes_the_first(self) -> None:
        logic = dmn.table("FIRST", ["n"], ["o"], list(reversed(OVERLAPPING)))
        assert _answer(logic, [1, 2, 3, 0]) == (["low", "mid", "high", None], [[3], [2], [1], []])

    def test_priority_takes_the_most_important_output(self) -> None:
        logic = dmn.table("PRIORITY", ["n"], [("o", '"high", "mid", "low"', "")], OVERLAPPING)
        assert _answer(logic, [1, 2, 3]) == (["low", "mid", "high"], [[1], [2], [3]])

    def test_output_order_sorts_all_by_importance(self) -> None:
        logic = dmn.table("OUTPUT ORDER", ["n"], [("o", '"high", "mid", "low"', "")], OVERLAPPING)
        assert _answer(logic, [3, 1]) == ([["high", "mid", "low"], ["low"]], [[3, 2, 1], [1]])

    def test_rule_order_keeps_the_order_of_the_rules(self) -> None:
        logic = dmn.table("RULE ORDER", ["n"], ["o"], OVERLAPPING)
        assert _answer(logic, [3, 0]) == ([["low", "mid", "high"], []], [[1, 2, 3], []])

    @pytest.mark.parametrize("policy", ["PRIORITY", "OUTPUT ORDER"])
    def test_an_order_of_outputs_needs_their_values(self, policy: str) -> None:
        with pytest.raises(parse.UnreadableTable, match=f"decision Answer: {policy} goes by .*outputValues"):
            _answer(dmn.table(policy, ["n"], ["o"], OVERLAPPING), [3])

    def test_a_result_outside_the_output_values_is_refused(self) -> None:
        logic = dmn.table("FIRST", ["n"], [("o", '"high", "mid"', "")], OVERLAPPING)
        with pytest.raises(parse.UnreadableTable, match=r"rule 1, output o: low is not among the output values"):
            _answer(logic, [3])

    def test_a_priority_needs_written_outputs(self) -> None:
        logic = dmn.table("PRIORITY", ["n"], [("o", "1, 2", "")], [([">1"], ["n"])])
        with pytest.raises(operators.MixedKinds, match="written"):
            _answer(logic, [2])


class TestCollect:
    @pytest.mark.parametrize(
        ("aggregation", "wanted"),
        [("SUM", [0.3, None]), ("MIN", [0.1, None]), ("MAX", [0.2, None]), ("COUNT", [2, 0]), ("", [[0.1, 0.2], []])],
    )
    def test_it_aggregates(self, aggregation: str, wanted: list[object]) -> None:
        logic = dmn.table("COLLECT", ["n"], ["o"], [(["> 1"], ["0.1"]), (["> 2"], ["0.2"])], aggregation)
        assert _answer(logic, [3, 0])[0] == wanted

    def test_several_outputs_make_structures(self) -> None:
        logic = dmn.table("COLLECT", ["n"], ["a", "b"], [(["> 1"], ["1", '"x"']), (["> 2"], ["2", '"y"'])])
        assert _answer(logic, [3])[0] == [[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]]


class TestDefault:
    def test_a_count_cannot_default_to_a_text(self) -> None:
        logic = dmn.table("COLLECT", ["n"], [("o", "", '"none"')], [(["> 1"], ['"x"'])], "COUNT")
        with pytest.raises(operators.MixedKinds, match="output o: mixes number and string"):
            _answer(logic, [0])

    def test_it_answers_where_no_rule_does(self) -> None:
        logic = dmn.table("FIRST", ["n"], [("o", "", '"none"')], OVERLAPPING)
        assert _answer(logic, [1, 0, None]) == (["low", "none", "none"], [[1], [], []])

    def test_it_does_not_hide_a_collision(self) -> None:
        logic = dmn.table("UNIQUE", ["n"], [("o", "", '"none"')], OVERLAPPING)
        assert _answer(logic, [0, 2])[0] == ["none", None]

    def test_it_fills_an_empty_list_and_an_empty_aggregate(self) -> None:
        for aggregation, wanted in (("", [[7]]), ("MAX", [7])):
            logic = dmn.table("COLLECT", ["n"], [("o", "", "7")], [(["> 1"], ["1"])], aggregation)
            assert _answer(logic, [0])[0] == wanted


class TestManyRules:
    """Rules are kept as bits, 64 to a word: tables longer than a word must not notice."""

    RULES = [([f">= {n}"], [str(n)]) for n in range(130)]

    @pytest.mark.parametrize("value", [0, 62, 63, 64, 65, 127, 128, 129])
    def test_every_policy_sees_them_all(self, value: int) -> None:
        below = list(range(value + 1))
        numbers = [n + 1 for n in below]
        assert _answer(dmn.table("RULE ORDER", ["n"], ["o"], self.RULES), [value]) == ([below], [numbers])
        assert _answer(dmn.table("FIRST", ["n"], ["o"], self.RULES[::-1]), [value]) == ([value], [[130 - value]])
        exact = [([str(n)], [str(n)]) for n in range(130)]
        assert _answer(dmn.table("UNIQUE", ["n"], ["o"], exact), [value]) == ([value], [[value + 1]])
        collide = [None] if value else [0]
        assert _answer(dmn.table("UNIQUE", ["n"], ["o"], self.RULES), [value]) == (collide, [numbers])
        assert _answer(dmn.table("ANY", ["n"], ["o"], self.RULES), [value]) == (collide, [numbers])


class TestAllowedValues:
    def test_a_forbidden_input_answers_null(self) -> None:
        logic = dmn.table("FIRST", ["n"], [("o", "", "9")], [(["-"], ["1"])], allowed={"n": "[0..5]"})
        assert _answer(logic, [3, 7, None]) == ([1, None, 1], [[1], [], [1]])
        listed = dmn.table("COLLECT", ["n"], ["o"], [(["-"], ["1"])], allowed={"n": "[0..5]"})
        assert _answer(listed, [3, 7]) == ([[1], None], [[1], []])

    def test_a_value_that_its_type_forbids_is_null(self) -> None:
        small = (
            '<itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>[0..5]</text></allowedValues>'
            "</itemDefinition>"
        )
        logic = dmn.table("FIRST", ["n"], ["o"], [(["null"], ['"none"']), (["-"], ['"some"'])])
        told = evaluate.evaluate(dmn.model(logic, {"n": "tSmall"}, small), pl.DataFrame({"n": [3, 7, None]}))
        assert told.result().to_list() == ["some", "none", "none"]
