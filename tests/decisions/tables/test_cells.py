"""What cells mean: tests, formulas, nulls, names with spaces, dates; and how unreadable ones are refused."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import polars as pl
import pytest
from tests.decisions.tables import dmn

from arrears.decisions.tables import compile as compiling
from arrears.decisions.tables import evaluate, feel, operators, parse, sfeel
from arrears.decisions.tables.rowwise import decisions, expressions


def holds(cell: str, kind: str, *values: object, dtype: pl.DataType | None = None) -> list[bool]:
    """On which of the values does a cell hold?"""
    model = dmn.model(dmn.table("FIRST", ["x"], ["o"], [([cell], ["true"])]), {"x": kind})
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype, strict=False)})
    return [answer is True for answer in evaluate.evaluate(model, frame).result().to_list()]


def formula(text: str, types: dict[str, str] | None = None, **facts: object) -> object:
    """The value of a formula on one row, which columns and the row form agree on."""
    frame = pl.DataFrame([facts]) if facts else pl.DataFrame({"nothing": [0]})
    model = dmn.model(dmn.literal(text), types or {})
    by_columns = evaluate.evaluate(model, frame).result().to_list()[0]
    assert exact(text, types, **facts) == (pytest.approx(by_columns) if isinstance(by_columns, float) else by_columns)
    return by_columns


def exact(text: str, types: dict[str, str] | None = None, more: str = "", **facts: object) -> object:
    """The value of a formula in the row form; numbers as floats, so that they compare."""
    model = dmn.model(dmn.literal(text), types or {}, more)
    return plain(decisions.decider(model, model.decisions["Answer"]).decide(facts).result)


def plain(value: object) -> object:
    match value:
        case Decimal():
            return float(value)
        case list():
            return [plain(one) for one in value]
        case dict():
            return {name: plain(one) for name, one in value.items()}
    return value


class TestTests:
    @pytest.mark.parametrize(
        ("cell", "wanted"),
        [
            ("-", [1, 1, 1, 1]),
            ("", [1, 1, 1, 1]),
            ("5", [0, 1, 0, 0]),
            ("< 5", [1, 0, 0, 0]),
            (">= 5", [0, 1, 1, 0]),
            ("[1..5]", [1, 1, 0, 0]),
            ("(1..5)", [0, 0, 0, 0]),
            ("]1..5]", [0, 1, 0, 0]),
            ("[1..5[", [1, 0, 0, 0]),
            ("[1..5)", [1, 0, 0, 0]),
            ("1, 9", [1, 0, 1, 0]),
            ("< 2, > 8", [1, 0, 1, 0]),
            ("not(5)", [1, 0, 1, 1]),
            ("not(1, 5)", [0, 0, 1, 1]),
            ("not(< 5)", [0, 1, 1, 0]),
            ("not([1..5])", [0, 0, 1, 0]),
            ("null", [0, 0, 0, 1]),
            ("not(null)", [1, 1, 1, 0]),
            ("null, 5", [0, 1, 0, 1]),
            ("? > 4 and ? < 6", [0, 1, 0, 0]),
            ("2 + 3", [0, 1, 0, 0]),
            ("-5", [0, 0, 0, 0]),
            ('"5"', [0, 0, 0, 0]),
            ('not("5")', [0, 0, 0, 1]),
        ],
    )
    def test_of_a_number(self, cell: str, wanted: list[int]) -> None:
        assert holds(cell, "number", 1, 5, 9, None) == [bool(one) for one in wanted]

    def test_of_a_fraction_beside_whole_numbers(self) -> None:
        assert holds("> 0.3", "number", 0, 1, None) == [False, True, False]
        assert holds("[0.1..0.3]", "number", 0.1, 0.2, 0.3, 0.30000000000000004) == [True, True, True, False]

    def test_of_texts(self) -> None:
        assert holds('"a b", "c,d"', "string", "a b", "c,d", "c", None) == [True, True, False, False]
        assert holds('not("a")', "string", "a", "b", None) == [False, True, True]
        assert holds('>= "b"', "string", "a", "b", "c", None) == [False, True, True, False]
        assert holds('"说\\"好\\""', "string", '说"好"') == [True]

    def test_of_dates(self) -> None:
        days = [date(2026, 1, 1), date(2026, 2, 1), None]
        assert holds('< date("2026-01-15")', "date", *days) == [True, False, False]
        assert holds('[@"2026-01-01"..@"2026-01-31"]', "date", *days) == [True, False, False]

    def test_of_durations_and_times(self) -> None:
        assert holds('> duration("P2D")', "dayTimeDuration", "P3D", "PT49H", "P1D", "x") == [True, True, False, False]
        assert holds('>= duration("P1Y")', "yearMonthDuration", "P12M", "P11M", "P1Y1M") == [True, False, True]
        assert holds('< time("12:00:00")', "time", "11:59:59", "12:00:00", None) == [True, False, False]

    def test_of_instants_with_offsets(self) -> None:
        noon = '= ? and ? = date and time("2026-01-01T12:00:00Z")'.removeprefix("= ? and ")
        assert holds(noon, "dateTime", "2026-01-01T20:00:00+08:00", "2026-01-01T12:00:00") == [True, True]

    def test_against_another_column(self) -> None:
        model = dmn.model(
            dmn.table("FIRST", ["x"], ["o"], [(["> low"], ['"above"'])]), {"x": "number", "low": "number"}
        )
        told = evaluate.evaluate(model, pl.DataFrame({"x": [1, 3, 3], "low": [2, 2, None]}))
        assert told.result().to_list() == [None, "above", None]

    def test_a_value_of_a_wrong_type_is_null(self) -> None:
        assert holds(">= 1", "number", "7", "seven", "") == [True, False, False]
        assert holds("null", "number", True, False, dtype=pl.Boolean()) == [True, True]
        assert holds("true", "boolean", "true", "yes", None) == [True, False, False]


class TestFormulas:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("1 + 2 * 3", 7),
            ("-10--5", -5),
            ("2 ** 3 ** 2", 64),
            ("-2 ** 2", 4),
            ("0.1 + 0.2", 0.3),
            ("10 / 4", 2.5),
            ("1 / 0", None),
            ("10 + null", None),
            ('"a" + "b"', "ab"),
            ('"a" + 1', None),
            ("null = null", True),
            ("1 = null", False),
            ('1 = "1"', None),
            ("1 < null", None),
            ("true and null", None),
            ("false and null", False),
            ("true or null", True),
            ("not(null)", None),
            ("if null then 1 else 2", 2),
            ("5 between 1 and 9", True),
            ("5 in (< 3, > 4)", True),
            ("5 in [1..3]", False),
            ("max(1, 5, 3)", 5),
            ("min([4, 2])", 2),
            ("sum(1, null)", None),
            ("count([1, 2, 3])", 3),
            ("floor(-1.5)", -2),
            ("decimal(2.345, 2)", 2.34),
            ("modulo(-7, 3)", 2),
            ('string length("催收")', 2),
            ('upper case("ab")', "AB"),
            ('substring("abcd", 2, 2)', "bc"),
            ('substring("abcd", -2)', "cd"),
            ('starts with("abc", "ab")', True),
            ("string(1.50)", "1.5"),
            ('number("12.5")', 12.5),
            ('date("2026-03-01").year', 2026),
            ('date("2026-03-01") - date("2026-02-01") = duration("P28D")', True),
            ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
            ('date("2026-01-31") + duration("P1D")', date(2026, 2, 1)),
            ('years and months duration(date("2025-11-24"), date("2026-11-23")).months', 11),
            ("{a: 1, b: a + 1}.b", 2),
            ('list contains(["a", "b"], "b")', True),
        ],
    )
    def test_it_is_worked_out(self, text: str, wanted: object) -> None:
        assert formula(text) == wanted

    def test_division_rounds_once(self) -> None:
        assert formula("a / 10", {"a": "number"}, a=3) == 0.3

    def test_names_may_hold_spaces_and_signs(self) -> None:
        names = {"Full Name": "string", "Approved/Declined": "string"}
        told = formula('Full  Name + ": " + Approved/Declined', names, **{"Full Name": "Li", "Approved/Declined": "no"})
        assert told == "Li: no"

    def test_an_unknown_name_is_refused_when_it_is_read(self) -> None:
        with pytest.raises(parse.UnreadableTable, match=r"decision Answer: `b` is the name of no input"):
            formula("a + b", {"a": "number"}, a=1)

    def test_a_cell_with_an_unknown_name_is_refused_with_its_place(self) -> None:
        logic = dmn.table("FIRST", ["a"], ["o"], [(["> 1"], ["1"]), (["> foo"], ["2"])])
        with pytest.raises(parse.UnreadableTable, match=r"Answer, rule 2, input a: `foo` is the name of no input"):
            dmn.model(logic, {"a": "number"})

    @pytest.mark.parametrize(
        "text",
        [
            "for x in [1, a] return x + a",
            "some x in [1, 2] satisfies x > a",
            "[1, 2, 3][item > a]",
            "[{b: 1}, {b: a}][b > 1]",
            "{b: a, c: b + 1}.c",
            "(function(x) x + a)(2)",
            "for x in [1, 2] return count(partial)",
            "sort([2, 1], function(x, y) x < y)",
        ],
    )
    def test_names_that_a_formula_itself_gives_are_known(self, text: str) -> None:
        dmn.model(dmn.literal(text), {"a": "number"})

    def test_an_unknown_function_is_refused(self) -> None:
        with pytest.raises(compiling.UnknownName, match="no function `frobnicate`"):
            formula("frobnicate(1)")

    def test_a_wrong_number_of_arguments_is_refused(self) -> None:
        with pytest.raises(compiling.UnknownName, match="does not take 3"):
            formula("modulo(1, 2, 3)")

    def test_branches_of_two_kinds_are_refused(self) -> None:
        with pytest.raises(operators.MixedKinds):
            formula('if a then 1 else "x"', {"a": "boolean"}, a=True)


class TestRowForm:
    """What only the row form works out."""

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("for x in [1, 2], y in 1..2 return x * y", [1, 2, 2, 4]),
            ("for i in 0..3 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6]),
            ('for d in @"2026-01-31"..@"2026-02-01" return d.day', [31, 1]),
            ("some x in [1, 2] satisfies x > 1", True),
            ("every x in [1, null] satisfies x > 0", None),
            ("every x in [] satisfies x > 0", True),
            ("[1, 2, 3][item > 1]", [2, 3]),
            ("[1, 2, 3][-1]", 3),
            ("[1, 2, 3][4]", None),
            ("[{a: 1, b c: 5}, {a: 2, b c: 6}][a > 1].b c", [6]),
            ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
            ("(function(x, y) x - y)(5, 2)", 3),
            ('substring(string: "abcd", start position: 2, length: 2)', "bc"),
            ("1 in [1..2) and not(2 in [1..2))", True),
            ("[1, 2] instance of list<number>", True),
            ('[1, "a", null]', [1, "a", None]),
            ('if 1 > 2 then "text" else 3', 3),
            ("max([3, 1]) + min(4, 2) + sum(1, 2)", 8),
            ("10 ** 7000", None),
            ("2 ** 0.5 * 2 ** 0.5 - 2 < 1e-30", True),
            ('date and time("2016-12-24T23:59:00-08:00").time offset', timedelta(hours=-8)),
            ('time("23:30:00") + duration("PT1H")', time(0, 30)),
            ('date("2026-02-30")', None),
            ('split("a;b", ";")', ["a", "b"]),
            ('replace("abc", "(b)", "[$1]")', "a[b]c"),
            ('contains("催收", "收")', True),
            ("before(1, [2..3])", True),
            ("frequency", None),
        ],
    )
    def test_it_is_worked_out(self, text: str, wanted: object) -> None:
        assert exact(text) == wanted

    def test_an_unknown_function_is_refused(self) -> None:
        with pytest.raises(expressions.UnknownFunction, match="no function `frobnicate`"):
            exact("frobnicate(1)")

    @pytest.mark.parametrize(
        "name", ["in", "not paid", "if", "a-b", "a.b", "profit and loss", "金额 (元)", "🐎", "date"]
    )
    def test_any_name_can_be_spoken_of(self, name: str) -> None:
        assert exact(f"{name} + 1", {name: "number"}, **{name: 6}) == 7
        assert holds_row(f"> {name}", name) is True

    def test_a_name_of_one_place_is_not_known_in_another(self) -> None:
        model = (
            '<businessKnowledgeModel name="f"><encapsulatedLogic><formalParameter name="a-b"/>'
            + dmn.literal("a-b * 2")
            + "</encapsulatedLogic></businessKnowledgeModel>"
        )
        assert exact("f(a-b)", {"a": "number", "b": "number"}, model, a=5, b=2) == 6

    def test_a_value_of_several_kinds_is_what_it_is_in_each_row(self) -> None:
        model = dmn.model(dmn.table("FIRST", ["x"], ["o"], [(['"a", 1, true'], ["x"])]), {"x": "Any"})
        decider = decisions.decider(model, model.decisions["Answer"])
        assert [decider.decide({"x": x}).result for x in ("a", 1, True, "b", None)] == ["a", 1, True, None, None]


def holds_row(cell: str, name: str) -> bool:
    """Does a cell hold on 9 when the input that it names is 6?"""
    types = {"looked at": "number", name: "number"}
    model = dmn.model(dmn.table("FIRST", ["looked at"], ["o"], [([cell], ["true"])]), types)
    return decisions.decider(model, model.decisions["Answer"]).decide({"looked at": 9, name: 6}).result is True


class TestUnreadable:
    @pytest.mark.parametrize(
        ("text", "says"),
        [("1 +", "ends too early"), ("1 ) 2", "column 3"), ('"open', "column 1"), ("a b c(", "column 3")],
    )
    def test_it_names_the_position(self, text: str, says: str) -> None:
        with pytest.raises(sfeel.UnreadableCell, match=says):
            sfeel.read_expression(text)

    def test_a_file_names_decision_rule_and_column(self) -> None:
        logic = dmn.table("FIRST", ["x"], ["o"], [(["1"], ["1"]), ([">> 2"], ["1"])])
        with pytest.raises(parse.UnreadableTable, match=r"test.dmn: decision Answer, rule 2, input x: .*column 2"):
            dmn.model(logic, {"x": "number"})

    def test_a_tree_is_what_was_written(self) -> None:
        assert sfeel.read_tests("not( -1 )") == feel.UnaryTests((feel.Equal(feel.Constant(sfeel.Decimal(-1))),), True)
