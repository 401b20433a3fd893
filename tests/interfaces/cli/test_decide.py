"""`arrears decide`: files in and out, decisions that stand on others, and every refusal in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tables import dmn

from arrears.decisions.tables import rows
from arrears.decisions.tables.feel import Kind
from arrears.decisions.tables.model import Type
from arrears.interfaces.cli import decide, json_rows, main
from arrears.kernel.errors import InvalidInput

STEPS = dmn.table("FIRST", ["n"], ["o"], [(["> 9"], ['"high"']), (["> 1"], ['"low"'])])
PAIR = dmn.table("COLLECT", ["n"], ["a", "b"], [(["> 1"], ["1", '"x"']), (["> 2"], ["2.5", "null"])])


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
        for text, says in (('{"m": 1}\n', "no column `n`"), ('{"n": 1}\nx\n', "line 2"), ("[1]\n", "not an object")):
            Path("rows.jsonl").write_text(text, encoding="utf-8")
            self._refused(capsys, says)
        Path("rows.parquet").write_bytes(b"PAR1 not really")
        self._refused(capsys, "rows.parquet", given="rows.parquet")
        Path("rows.jsonl").write_bytes(b'{"n": "\xff\xfe"}\n')
        self._refused(capsys, "rows.jsonl")

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


class TestJson:
    """The fast road through a JSONL file gives what the careful one gives, and leaves it what it cannot know."""

    TYPES = {"n": Type(Kind.NUMBER), "s": Type(Kind.STRING), "b": Type(Kind.BOOLEAN), "d": Type(Kind.DATE)}

    @pytest.mark.parametrize(
        ("text", "swept"),
        [
            ('{"n": 1, "s": "a", "b": true, "d": "2026-01-01"}\n\n{"n": null, "x": [1]}\n{"n": 2}', True),
            ('{"n": 1.5, "s": "2026-01-01T00:00:00Z", "d": "soon"}\r\n{"n": 2}\r\n', True),
            ('{"n": 1, "s": "a"}\n{"n": "2", "s": "b"}\n', False),
            ('{"n": 1, "s": "a"}\n{"n": 2, "s": 3}\n', False),
            ('{"n": 1, "b": "true"}\n{"n": 3, "b": "no"}\n', False),
            ('{"n": 123456789012345678901234567890, "s": "a", "d": "x"}\n', True),
            ('{"n": NaN, "s": "a", "d": "x"}\n{"n": 4}\n', True),
            ('{"n": 1, "s": null}\n{"n": 2}\n', False),
            ('{"n": true}\n{"n": false}\n', False),
            ('{"n": 1, "n": 2}\n', False),
        ],
    )
    def test_both_roads_agree(self, home: Path, text: str, swept: bool) -> None:
        Path("r.jsonl").write_bytes(text.encode())
        fast = json_rows._swept(text, self.TYPES)
        assert (fast is not None) is swept
        careful = rows.frame_of(json_rows._line_by_line(text, "r.jsonl"), self.TYPES)
        told = json_rows.read(Path("r.jsonl"), self.TYPES)
        assert set(told.columns) == set(careful.columns)
        dtypes = {"n": pl.Float64} if "n" in told.columns else {}
        assert told.select(careful.columns).cast(dtypes).equals(careful.cast(dtypes))

    def test_two_objects_on_a_line_are_refused(self, home: Path) -> None:
        Path("r.jsonl").write_text('{"n": 1}{"n": 2}\n', encoding="utf-8")
        with pytest.raises(InvalidInput, match="line 1"):
            json_rows.read(Path("r.jsonl"), self.TYPES)
