"""`arrears decide`: files in and out, decisions that stand on others, and every refusal in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decisions.tables import dmn

from arrears.decisions.tables import graph, parse
from arrears.interfaces.cli import decide, main

STEPS = dmn.table("FIRST", ["n"], ["o"], [(["> 9"], ['"high"']), (["> 1"], ['"low"'])])
PAIR = dmn.table("COLLECT", ["n"], ["a", "b"], [(["> 1"], ["1", '"x"']), (["> 2"], ["2.5", "null"])])


ENDLESS = (
    '<businessKnowledgeModel name="f"><encapsulatedLogic><formalParameter name="x"/>'
    f"{dmn.literal('f(x)')}</encapsulatedLogic></businessKnowledgeModel>"
)


def cell(text: str) -> str:
    """A file of one table with one cell."""
    return dmn.definitions({"A": dmn.table("FIRST", ["n"], ["o"], [([text], ["1"])])}, {"n": "number"})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("t.dmn").write_text(dmn.definitions({"Answer": STEPS}, {"n": "number"}), encoding="utf-8")
    Path("rows.jsonl").write_text('{"n": 10}\n{"n": "2"}\n{"n": null}\n{"n": "x"}\n{}\n', encoding="utf-8")
    return tmp_path


def run(
    *more: str, table: str = "t.dmn", given: str = "rows.jsonl", out: str = "out.jsonl", monkeypatch: pytest.MonkeyPatch
) -> int:
    """The exit code of one call of the command line, in this process."""
    monkeypatch.setattr(sys, "argv", ["arrears", "decide", "--table", table, "--in", given, "--out", out, *more])
    try:
        main.main()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


def lines(name: str = "out.jsonl") -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def exact_lines(name: str) -> list[dict[str, object]]:
    """Lines whose numbers are what their digits say, not what a binary number makes of them."""
    text = Path(name).read_text(encoding="utf-8")
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in text.splitlines()]


NESTED = dmn.definitions({"A": "<context><contextEntry>" * 3_000 + "</contextEntry></context>" * 3_000}, {})


class TestRows:
    def test_one_line_out_for_each_line_in(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert run(monkeypatch=monkeypatch) == 0
        nothing = {"result": None, "rules": []}
        assert lines() == [{"result": "high", "rules": [1]}, {"result": "low", "rules": [2]}, nothing, nothing, nothing]

    @pytest.mark.parametrize("suffix", ["csv", "parquet"])
    def test_other_formats_say_the_same(self, home: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
        frame = pl.DataFrame({"n": [10, 2, None], "unknown": ["a", "b", "c"]})
        frame.write_csv("rows.csv") if suffix == "csv" else frame.write_parquet("rows.parquet")
        assert run(given=f"rows.{suffix}", out=f"out.{suffix}", monkeypatch=monkeypatch) == 0
        told = pl.read_csv("out.csv") if suffix == "csv" else pl.read_parquet("out.parquet")
        assert told["result"].to_list() == ["high", "low", None]
        rules = [json.loads(one) for one in told["rules"]] if suffix == "csv" else told["rules"].to_list()
        assert rules == [[1], [2], []]

    def test_several_outputs_are_objects_in_a_list(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("t.dmn").write_text(dmn.definitions({"Answer": PAIR}, {"n": "number"}), encoding="utf-8")
        assert run(monkeypatch=monkeypatch) == 0
        both = [{"a": 1, "b": "x"}, {"a": 2.5, "b": None}]
        assert [line["result"] for line in lines()] == [both, [{"a": 1, "b": "x"}], [], [], []]
        assert run(out="out.csv", monkeypatch=monkeypatch) == 0
        assert json.loads(pl.read_csv("out.csv")["result"][0]) == both

    def test_structures_come_as_objects_or_as_dotted_columns(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        person = (
            '<itemDefinition name="tPerson"><itemComponent name="Age"><typeRef>number</typeRef></itemComponent>'
            '<itemComponent name="born on"><typeRef>date</typeRef></itemComponent></itemDefinition>'
        )
        logic = dmn.table("FIRST", ["p.Age", "p.born on"], ["o"], [([">= 18", '< date("2010-01-01")'], ["p.born on"])])
        file = dmn.definitions({"Answer": logic}, {"p": "tPerson"}, person)
        Path("t.dmn").write_text(file, encoding="utf-8")
        Path("rows.jsonl").write_text(
            '{"p": {"Age": "18", "born on": "2008-02-29"}}\n{"p": {"Age": 18}}\n{"p": 5}\n', encoding="utf-8"
        )
        assert run(monkeypatch=monkeypatch) == 0
        assert [line["result"] for line in lines()] == ["2008-02-29", None, None]
        Path("rows.csv").write_text("p.Age,p.born on\n18,2008-02-29\n", encoding="utf-8")
        assert run(given="rows.csv", monkeypatch=monkeypatch) == 0
        assert lines() == [{"result": "2008-02-29", "rules": [1]}]

    def test_no_rows_give_no_lines(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("rows.jsonl").write_text("", encoding="utf-8")
        assert run(monkeypatch=monkeypatch) == 0
        assert lines() == []

    def test_it_runs_as_a_program(self, home: Path) -> None:
        call = ["-m", "arrears", "decide", "--table", "t.dmn", "--in", "rows.jsonl", "--out", "out.jsonl"]
        path = {"PYTHONPATH": str(Path(decide.__file__).parents[3])}
        subprocess.run([sys.executable, *call], check=True, env=path)
        assert lines()[0] == {"result": "high", "rules": [1]}


class TestGraph:
    def _write(self, decisions: dict[str, str], more: str = "") -> None:
        Path("t.dmn").write_text(dmn.definitions(decisions, {"n": "number"}, more), encoding="utf-8")

    def test_what_a_decision_requires_is_evaluated_first(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        final = dmn.table("UNIQUE", ["Level of n"], ["o"], [(['"high"'], ["Twice + 1"]), (['not("high")'], ["0"])])
        self._write({"Final": final, "Level of n": STEPS, "Twice": dmn.literal("n * 2")})
        assert run(monkeypatch=monkeypatch) == 0
        assert [line["result"] for line in lines()] == [21, 0, 0, 0, 0]
        assert run("--decision", "Twice", monkeypatch=monkeypatch) == 0
        assert lines()[0] == {"result": 20, "rules": []}

    def test_knowledge_models_and_contexts(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known = (
            '<businessKnowledgeModel name="step of"><encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
            + dmn.table("FIRST", ["x"], ["s"], [(["> 9"], ['"far"']), (["-"], ['"near"'])])
            + "</encapsulatedLogic></businessKnowledgeModel>"
        )
        called = '<invocation><literalExpression><text>step of</text></literalExpression><binding><parameter name="x"/>'
        context = (
            '<context><contextEntry><variable name="far off"/>'
            + called
            + dmn.literal("n + 5")
            + "</binding></invocation>"
            '</contextEntry><contextEntry><variable name="twice"/>' + dmn.literal("n * 2") + "</contextEntry></context>"
        )
        self._write({"Answer": context}, known)
        assert run(monkeypatch=monkeypatch) == 0
        assert lines()[0]["result"] == {"far off": "far", "twice": 20}
        assert lines()[1]["result"] == {"far off": "near", "twice": 4}
        self._write({"Answer": dmn.literal('step of(n) + "!"')}, known)
        assert run(monkeypatch=monkeypatch) == 0
        assert [line["result"] for line in lines()[:3]] == ["far!", "near!", "near!"]


class TestRefusals:
    def _refused(self, capsys: pytest.CaptureFixture[str], says: str, *more: str, **files: str) -> None:
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert run(*more, monkeypatch=monkeypatch, **files) == 1
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert says in told

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("<definitions", "not well-formed"),
            ("", "not well-formed"),
            ("<a/>", "not <definitions>"),
            ('<definitions xmlns="x"/>', "no decision"),
            ('<!DOCTYPE d [<!ENTITY e "x">]><definitions/>', "refused XML"),
            (dmn.definitions({"A": STEPS.replace("&gt; 9", "&gt;&gt; 9")}, {"n": "number"}), "rule 1, input n"),
            (dmn.definitions({"A": STEPS.replace('"FIRST"', '"BEST"')}, {"n": "number"}), "'BEST'"),
            (
                dmn.definitions({"A": STEPS.replace("<outputEntry>", "<x>").replace("</outputEntry>", "</x>")}, {}),
                "rule 1",
            ),
            (dmn.definitions({"A": dmn.literal("B"), "B": dmn.literal("A")}, {}), "name one decision of: A, B"),
            ('<?xml version="1.0" encoding="klingon"?><definitions/>', "refused XML"),
            (cell("(" * 10_000 + "1" + ")" * 10_000), "nested more than 100 deep"),
            (cell("[" * 10_000 + "]" * 10_000), "nested more than 100 deep"),
            (cell("-" * 100_000 + "1"), "nested more than 100 deep"),
            (cell("1" + "+1" * 30_000), "more than 20000 values"),
            (cell("1" + "+1" * 1_000), "nests more than 200 operators"),
            (cell('@"2026-02-30"'), "is not a date"),
            (cell("frobnicate(1)"), "no function `frobnicate`"),
            (NESTED, "nest too deep"),
            (dmn.definitions({"A": dmn.table("FIRST", ["n"], ["o", "o"], [])}, {"n": "number"}), "the same name"),
            (dmn.definitions({"A": STEPS}, {"n": "number"}, '<inputData name="n"/>'), "two inputs are called `n`"),
            (dmn.definitions({"A": STEPS}, {}, '<decision name="A"/>'), "two decisions are called `A`"),
            (dmn.definitions({"A": dmn.literal("f(1)")}, {}, ENDLESS), "knowledge f calls itself without end"),
        ],
    )
    def test_of_tables(self, home: Path, capsys: pytest.CaptureFixture[str], text: str, says: str) -> None:
        Path("t.dmn").write_text(text, encoding="utf-8")
        self._refused(capsys, says)

    def test_of_decisions(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._refused(capsys, "no decision `Other`; there are: Answer", "--decision", "Other")
        Path("t.dmn").write_text(dmn.definitions({"A": STEPS, "B": STEPS}, {"n": "number"}), encoding="utf-8")
        self._refused(capsys, "name one decision of: A, B")
        circle = {"A": dmn.literal("B + n"), "B": dmn.literal("A")}
        Path("t.dmn").write_text(dmn.definitions(circle, {"n": "number"}), encoding="utf-8")
        self._refused(capsys, "A → B → A", "--decision", "A")

    def test_of_rows(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for text, says in (
            ('{"n": 1}\nx\n', "line 2 is not JSON"),
            ('{"n": 1}{"n": 2}\n', "line 1 is not JSON"),
            ('{"n": 1}\n\nnull\n', "line 3 is not an object"),
            ("[1]\n", "line 1 is not an object"),
            ('{"n": NaN}\n', "line 1 is not JSON: NaN is no number"),
            ('{"n": [' + "[" * 100_000 + "\n", "line 1 is not JSON"),
        ):
            Path("rows.jsonl").write_text(text, encoding="utf-8")
            self._refused(capsys, says)
        Path("rows.parquet").write_bytes(b"PAR1 not really")
        self._refused(capsys, "rows.parquet", given="rows.parquet")
        Path("rows.jsonl").write_bytes(b'{"n": "\xff\xfe"}\n')
        self._refused(capsys, "rows.jsonl: line 1 is not UTF-8")

    def test_of_files(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._refused(capsys, "none.dmn", table="none.dmn")
        self._refused(capsys, "none.jsonl", given="none.jsonl")
        self._refused(capsys, "rows.xlsx", given="rows.xlsx")
        self._refused(capsys, "out.jsonl", out="nowhere/out.jsonl")

    def test_of_collisions_when_strict(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        Path("t.dmn").write_text(
            dmn.definitions({"A": STEPS.replace('"FIRST"', '"UNIQUE"')}, {"n": "number"}), encoding="utf-8"
        )
        self._refused(capsys, "rules 1 and 2 fired together under UNIQUE on row 1", "--strict")
        with pytest.MonkeyPatch.context() as monkeypatch:
            assert run(monkeypatch=monkeypatch) == 0
        assert "rules 1 and 2" in capsys.readouterr().err
        assert lines()[0] == {"result": None, "rules": [1, 2]}

    @pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
    def test_results_never_take_the_place_of_their_rows(
        self, home: Path, capsys: pytest.CaptureFixture[str], suffix: str
    ) -> None:
        frame, given = pl.DataFrame({"n": [10, 2]}), Path(f"given{suffix}")
        writers = {".jsonl": frame.write_ndjson, ".csv": frame.write_csv, ".parquet": frame.write_parquet}
        writers[suffix](given)
        before = given.read_bytes()
        Path(f"link{suffix}").symlink_to(given)
        Path(f"hard{suffix}").hardlink_to(given)
        for same in (given.name, f"./{given}", f"link{suffix}", f"hard{suffix}"):
            self._refused(capsys, "would take the place of what they answer", given=given.name, out=same)
            assert given.read_bytes() == before

    @pytest.mark.parametrize("row", ['{"s": "中国"}', '{"s": "x", "t": "中国"}', '{"中国": 1, "s": "x"}'])
    def test_lines_in_another_encoding_are_refused_on_either_road(
        self, home: Path, capsys: pytest.CaptureFixture[str], row: str
    ) -> None:
        """GB18030 read as UTF-8 answers no rule, and an echo of it is no text."""
        logic = dmn.table("FIRST", ["s"], ["o"], [(['"中国"'], ['"match"']), (["-"], ["s"])])
        Path("t.dmn").write_text(dmn.definitions({"Answer": logic}, {"s": "string"}), encoding="utf-8")
        Path("rows.jsonl").write_bytes(b'{"s": "x"}\n' + row.encode("gb18030") + b"\n")
        self._refused(capsys, "rows.jsonl: line 2 is not UTF-8, at byte")
        assert not Path("out.jsonl").exists()


NUMBER = st.one_of(
    st.sampled_from(["0.3", "2", "0.30", "3e-1", "2.0", "-0", "0.30000000000000004", "0.29999999999999999"]),
    st.sampled_from(["1.9999999999999999999", "2.0000000000000000001", "9007199254740993", "1e30", "1e-400", "true"]),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-3, 3, places=18).map(str),
    st.integers(-(2**70), 2**70).map(str),
)
LINE = st.tuples(NUMBER, st.sampled_from(['"a"', '"b"', "null", "1"])).map(lambda t: f'{{"n": {t[0]}, "s": {t[1]}}}')


class TestWhatIsSaidOfRows:
    """Nothing becomes null, or is guessed, without a word."""

    def write(self, logic: str, types: dict[str, str], text: str) -> None:
        Path("t.dmn").write_text(dmn.definitions({"Answer": logic}, types), encoding="utf-8")
        Path("rows.jsonl").write_text(text, encoding="utf-8")

    @pytest.mark.parametrize("more", ['{"d": "2026-02-01"}', '{"d": 5}'])
    def test_values_of_another_type_are_told_once_an_input(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], more: str
    ) -> None:
        logic = dmn.table("FIRST", ["d"], ["o"], [(["null"], ['"missing"']), (["-"], ['"there"'])])
        self.write(logic, {"d": "date"}, '{"d": "2026-01-01"}\n{"d": "2026-02-30"}\n{"d": "01/02/2026"}\n' + more)
        assert run(monkeypatch=monkeypatch) == 0
        count = 3 if "5" in more else 2
        told = f"arrears: rows.jsonl: {count} values are not of the type of `d`, the first on row 2: null there\n"
        assert capsys.readouterr().err == told
        assert [line["result"] for line in lines()][:3] == ["there", "missing", "missing"]

    @pytest.mark.parametrize(
        ("kind", "value", "read"),
        [
            *[("number", value, "1") for value in ('"1"', '" 1 "', '"1e0"', '"1.0"', "1")],
            *[("number", value, "null") for value in ('"x"', '""', '"1,0"', '"true"', "true", '"NaN"')],
            *[("boolean", value, "true") for value in ('"true"', "true")],
            *[("boolean", value, "null") for value in ('"True"', '"TRUE"', '" true "', '"1"', "1", '"yes"')],
            *[("string", value, "null") for value in ("1", "true")],
            ("string", '"1"', '"1"'),
            ("date", '"2026-02-01"', 'date("2026-02-01")'),
            *[("date", value, "null") for value in ('"01/02/2026"', "20260201")],
        ],
    )
    @pytest.mark.parametrize("road", ["columns", "rows"])
    def test_a_text_that_reads_as_the_declared_type_is_taken_as_it(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, kind: str, value: str, read: str, road: str
    ) -> None:
        """As docs/algorithms/decision-tables.md says under Null."""
        logic = dmn.table("FIRST", ["v"], ["o"], [([read], ['"as read"']), (["-"], ['"other"'])])
        self.write(logic, {"v": kind}, f'{{"v": {value}}}\n')
        if road == "rows":
            monkeypatch.setattr(decide, "exact_columns", lambda *_: None)
        assert run(monkeypatch=monkeypatch) == 0
        assert [line["result"] for line in lines()] == ["as read"]

    def test_a_missing_value_is_no_misfit(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.write(STEPS, {"n": "number"}, '{"n": null}\n{"n": 5}\n{}\n')
        assert run(monkeypatch=monkeypatch) == 0
        assert capsys.readouterr().err == ""

    @pytest.mark.parametrize(
        ("line", "told"),
        [('{"n": 1, "n": 2}', "the key `n` stands twice"), ('{"n": 1e400}', "1e400 is too large for a number")],
    )
    def test_a_line_that_means_two_things_is_refused(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, told: str
    ) -> None:
        self.write(STEPS, {"n": "number"}, '{"n": 1}\n' + line + "\n")
        assert run(monkeypatch=monkeypatch) == 1
        assert capsys.readouterr().err == f"arrears: rows.jsonl: line 2 is not JSON: {told}\n"

    @pytest.mark.parametrize("aggregation", ["SUM", "MIN", "MAX", ""])
    def test_whole_numbers_have_no_point(self, home: Path, monkeypatch: pytest.MonkeyPatch, aggregation: str) -> None:
        rules = [(["> 5"], ["7"]), (["> 5"], ["7"]), (["<= 5"], ["0.5"])]
        self.write(dmn.table("COLLECT", ["n"], ["o"], rules, aggregation), {"n": "number"}, '{"n": 9}\n{"n": 1}\n')
        assert run(monkeypatch=monkeypatch) == 0
        assert ".0" not in Path("out.jsonl").read_text(encoding="utf-8")
        assert run(out="out.csv", monkeypatch=monkeypatch) == 0
        assert ".0" not in Path("out.csv").read_text(encoding="utf-8")

    def test_a_sum_of_texts_is_told(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.write(dmn.table("COLLECT", ["n"], ["o"], [(["-"], ['"a"'])], "SUM"), {"n": "number"}, '{"n": 9}\n')
        assert run(monkeypatch=monkeypatch) == 0
        assert lines()[0]["result"] is None
        assert capsys.readouterr().err == "arrears: Answer: SUM adds numbers, and a rule gives a text: null there\n"

    @pytest.mark.parametrize(("name", "option"), [("x.out", "--out"), ("x.in", "--in")])
    def test_a_name_that_says_no_format_is_named_with_its_option(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, option: str
    ) -> None:
        files = {"out": name} if option == "--out" else {"given": name}
        assert run(**files, monkeypatch=monkeypatch) == 1
        assert capsys.readouterr().err.startswith(f"arrears: {option} {name}: a file of rows is named NAME.jsonl, ")


class TestRoads:
    """Columns give what the careful road gives, row by row, and leave it what they cannot hold for certain."""

    TYPES = {"n": "number", "s": "string", "b": "boolean", "d": "date"}
    TAKEN_OVER = dmn.table("FIRST", ["n"], ["n", "s", "b", "d"], [(["-"], ["n", "s", "b", "d"])])
    COMPARED = dmn.table(
        "RULE ORDER",
        ["n", "s", "b", "d"],
        ["o"],
        [
            (["< 0.3", "-", "-", "-"], ['"under"']),
            (["0.3, 2", "-", "-", "-"], ['"at"']),
            (["null", "-", "-", "-"], ['"none"']),
            (["-", '"a", "2026-01-01"', "-", "-"], ['"a"']),
            (["-", "-", "not(true)", "-"], ['"untrue"']),
            (["-", "-", "-", '>= date("2026-01-01")'], ['"late"']),
        ],
    )

    def _told(self, logic: str, text: str) -> tuple[bool, list[dict[str, object]], list[dict[str, object]]]:
        """Were columns enough, what the command says, and what the careful road says."""
        Path("t.dmn").write_text(dmn.definitions({"Answer": logic}, self.TYPES), encoding="utf-8")
        given = Path("r.jsonl")
        given.write_text(text, encoding="utf-8")
        model = parse.read_file(Path("t.dmn"))
        target = graph.wanted(model, None)
        by_columns = decide.exact_columns(given, model, target) is not None
        decide.command(table=Path("t.dmn"), rows_from=given, results_to=Path("out.jsonl"))
        decide.by_rows(model, target, given, Path("careful.jsonl"), strict=False)
        return by_columns, exact_lines("out.jsonl"), exact_lines("careful.jsonl")

    @pytest.mark.parametrize(
        ("text", "compared", "taken_over"),
        [
            ('{"n": 1, "s": "a", "b": true, "d": "2026-01-01"}\n\n{"n": null, "x": [1]}\n{"n": 2}', True, True),
            ('{"n": 1.5, "s": "2026-01-01T00:00:00Z", "d": "soon"}\r\n{"n": 2}\r\n', True, True),
            ('{"n": 1, "s": "a"}\n{"n": "2", "s": "b"}\n', False, False),
            ('{"n": 1, "s": "a"}\n{"n": 2, "s": 3}\n', False, False),
            ('{"n": 1, "b": "true"}\n{"n": 3, "b": "no"}\n', False, False),
            ('{"n": 123456789012345678901234567890, "s": "a", "d": "x"}\n', True, False),
            ('{"n": 9007199254740993}\n', False, False),
            ('{"n": 0.30000000000000004}\n', True, False),
            ('{"n": 0.30000000000000000001}\n{"n": 0.29999999999999999999}\n', False, False),
            ('{"n": 1, "s": null}\n{"n": 2}\n', True, True),
            ('{"n": true}\n{"n": false}\n', False, False),
            ('{"m": 1}\n', True, True),
        ],
    )
    def test_both_agree(self, home: Path, text: str, compared: bool, taken_over: bool) -> None:
        for logic, by_columns in ((self.COMPARED, compared), (self.TAKEN_OVER, taken_over)):
            enough, told, careful = self._told(logic, text)
            assert told == careful
            assert enough is by_columns

    def test_numbers_keep_all_their_digits(self, home: Path) -> None:
        text = '{"n": 123456789012345678901234567890}\n{"n": 0.30000000000000000001}\n'
        self._told(self.TAKEN_OVER, text)
        written = Path("out.jsonl").read_text(encoding="utf-8")
        assert '"n":123456789012345678901234567890' in written
        assert '"n":0.30000000000000000001' in written

    def test_what_is_worked_out_is_exact(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sums = dmn.table("COLLECT", ["n"], ["o"], [(["-"], ["n"]), (["-"], ["n"]), (["-"], ["0.2"])], "SUM")
        Path("t.dmn").write_text(dmn.definitions({"Answer": sums}, {"n": "number"}), encoding="utf-8")
        Path("rows.jsonl").write_text('{"n": 0.1}\n{"n": 4611686018427387904}\n{"n": -1e-20}\n', encoding="utf-8")
        assert run(monkeypatch=monkeypatch) == 0
        found = [line.split(",")[0] for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
        assert found == [
            '{"result":0.4',
            '{"result":9223372036854775808.2',
            '{"result":0.19999999999999999998',
        ]

    @pytest.mark.parametrize(
        ("results", "held"),
        [
            (["1", "2.5"], [1, 2.5]),
            (["[1]", "[2.5]"], [[1], [2.5]]),
            (["[1, 2.5]", "null"], [[1, 2.5], None]),
            (["{a: 1}", "{a: 2.5}"], [{"a": 1}, {"a": 2.5}]),
            (["{a: 1}", '{b: "x"}'], [{"a": 1, "b": None}, {"a": None, "b": "x"}]),
            (["1", '"x"'], None),
            (["true", "1"], None),
        ],
    )
    def test_parquet_holds_what_json_says_or_is_refused(
        self,
        home: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        results: list[str],
        held: list[object] | None,
    ) -> None:
        text = f"if n = 1 then {results[0]} else {results[1]}"
        Path("t.dmn").write_text(dmn.definitions({"Answer": dmn.literal(text)}, {"n": "number"}), encoding="utf-8")
        Path("rows.jsonl").write_text('{"n": 1}\n{"n": 2}\n', encoding="utf-8")
        code = run(out="out.parquet", monkeypatch=monkeypatch)
        if held is None:
            assert code == 1
            assert "of several kinds" in capsys.readouterr().err
            assert not Path("out.parquet").exists()
        else:
            assert pl.read_parquet("out.parquet")["result"].to_list() == held

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.lists(LINE, min_size=1, max_size=6).map("\n".join))
    def test_numbers_near_to_those_of_a_table_go_the_right_way(self, home: Path, text: str) -> None:
        for logic in (self.COMPARED, self.TAKEN_OVER):
            _, told, careful = self._told(logic, text)
            assert told == careful

    def test_an_input_that_no_row_brings_is_null_and_told(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name, text in (("rows.jsonl", '{"m": 1}\n'), ("rows.csv", "m\n1\n")):
            Path(name).write_text(text, encoding="utf-8")
            assert run(given=name, monkeypatch=monkeypatch) == 0
            assert lines() == [{"result": None, "rules": []}]
            assert "no row has `n`" in capsys.readouterr().err
