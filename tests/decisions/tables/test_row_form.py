"""Three evaluators agree: the columns, the exact row form, and a slow one that shares only the syntax trees.

Random tables on random rows: every hit policy, nulls, wrong values, intervals open and closed, negation, lists of
tests, other inputs in the cells.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.tables import dmn, rowform

from arrears.decisions.tables import evaluate
from arrears.decisions.tables.model import DecisionTable
from arrears.decisions.tables.rowwise import decisions

POLICIES = [
    *((policy, "") for policy in ("UNIQUE", "ANY", "PRIORITY", "FIRST", "OUTPUT ORDER", "RULE ORDER", "COLLECT")),
    *(("COLLECT", aggregation) for aggregation in ("SUM", "MIN", "MAX", "COUNT")),
]
TYPES = {"n": "number", "m": "number", "s": "string", "t": "string", "b": "boolean", "d": "date", "e": "date"}

whole = st.integers(-4, 4).map(str)
fraction = st.sampled_from(["0.5", "-1.25", "2.1", ".3"])
number = st.one_of(whole, fraction, st.just("m"))
worked_out = st.one_of(number, st.just("m + 1"), st.just("-m"))
text = st.sampled_from(['"A"', '"B"', '"C"'])
day = st.one_of(st.integers(1, 9).map(lambda n: f'date("2026-01-{n:02}")'), st.just("e"))
sign = st.sampled_from(["<", "<=", ">", ">="])


def interval(end: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    opening, closing = st.sampled_from(["[", "(", "]"]), st.sampled_from(["]", ")", "["])
    return st.tuples(opening, end, end, closing).map(lambda t: f"{t[0]}{t[1]}..{t[2]}{t[3]}")


def ordered(end: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.one_of(end, st.tuples(sign, end).map(" ".join), interval(end), st.just("null"))
    several = st.lists(one, min_size=1, max_size=3).map(", ".join)
    return st.one_of(st.just("-"), several, several.map(lambda tests: f"not({tests})"))


listed = st.lists(text, min_size=1, max_size=2).map(", ".join).map("[{}]".format)
text_tests = st.lists(st.one_of(text, st.just("null"), st.just("t"), listed), min_size=1, max_size=3).map(", ".join)
texts = st.one_of(st.just("-"), text_tests, text_tests.map("not({})".format), st.just('< "B"'), st.just("5"))
flags = st.sampled_from(["-", "true", "false", "not(true)", "null", "true, null"])
#: What columns hold exactly; then what they work out, in floats.
compared = {"n": ordered(number), "s": texts, "b": flags, "d": ordered(day)}
cells = {**compared, "n": ordered(worked_out), "n - m": ordered(whole)}
written_number = st.one_of(whole, fraction, st.just("null"))
plain_number = st.one_of(written_number, st.just("n"))


@st.composite
def tables(draw: st.DrawFn, cells: dict[str, st.SearchStrategy[str]], by_formula: bool) -> str:
    """A table whose outputs are written or taken over; or, by formula, worked out too."""
    policy, aggregation = draw(st.sampled_from(POLICIES))
    looked_at = draw(st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=3, unique=True))
    by_priority = policy in ("PRIORITY", "OUTPUT ORDER")
    kinds = draw(st.lists(st.sampled_from(["number", "text"]), min_size=1, max_size=2))
    results = {"number": plain_number, "text": st.one_of(text, st.just("null"), st.just("s"))}
    if by_formula:
        results = {"number": st.one_of(plain_number, st.just("n * 2")), "text": st.one_of(text, st.just('s + "!"'))}
    if by_priority or draw(st.booleans()):
        results = {"number": written_number, "text": st.one_of(text, st.just("null"))}
    outputs = []
    for place, kind in enumerate(kinds):
        values = '"C", "A"' if kind == "text" else "2, -1, 0.5"
        if by_priority:
            one_of = st.sampled_from([*values.split(", "), "null"])
            results[kind], text_or_number = one_of, st.sampled_from(values.split(", "))
            outputs.append((f"o{place}", values, draw(st.one_of(st.just(""), text_or_number))))
            continue
        default = draw(st.one_of(st.just(""), text if kind == "text" and aggregation != "COUNT" else whole))
        outputs.append((f"o{place}", "", default))
    rules = [
        ([draw(cells[one]) for one in looked_at], [draw(results[kind]) for kind in kinds])
        for _ in range(draw(st.integers(1, 7)))
    ]
    return dmn.table(policy, looked_at, outputs, rules, aggregation)


numbers = st.one_of(st.none(), st.integers(-5, 5).map(Decimal), st.sampled_from(["0.5", "2.1", "-1.25"]).map(Decimal))
days = st.one_of(st.none(), st.integers(1, 10).map(lambda n: date(2026, 1, n)))
rows = st.fixed_dictionaries(
    {
        "n": numbers,
        "m": numbers,
        "s": st.sampled_from([None, "A", "B", "C", "Z"]),
        "t": st.sampled_from([None, "A", "B"]),
        "b": st.sampled_from([None, True, False]),
        "d": days,
        "e": days,
    }
)


def frame_of(given_rows: list[dict[str, object]]) -> pl.DataFrame:
    whole_numbers = all(r[c] is None or r[c] == int(r[c]) for r in given_rows for c in "nm")  # type: ignore[call-overload]
    kind = pl.Int64 if whole_numbers else pl.Float64
    dtypes = {
        **dict.fromkeys("nm", kind),
        **dict.fromkeys("st", pl.String),
        "b": pl.Boolean,
        "d": pl.Date,
        "e": pl.Date,
    }
    plain = [{k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()} for row in given_rows]
    return pl.DataFrame({k: pl.Series([r[k] for r in plain], dtype=t, strict=False) for k, t in dtypes.items()})


def same(got: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(same(got[name], one) for name, one in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, Decimal):
        return isinstance(got, int | float) and abs(float(wanted) - got) < 1e-12
    return got == wanted


def nothing(one: object) -> bool:
    """A structure of nulls alone: what a default of null is, to columns and rows alike."""
    return one is None or (isinstance(one, dict) and all(part is None for part in one.values()))


def check(logic: str, given_rows: list[dict[str, object]]) -> None:
    model = dmn.model(logic, TYPES)
    decision = model.decisions["Answer"]
    table = decision.logic
    assert isinstance(table, DecisionTable)
    told = evaluate.evaluate(model, frame_of(given_rows))
    exact = decisions.decider(model, decision)
    for row, got, fired in zip(given_rows, told.result().to_list(), told.rules().to_list(), strict=True):
        wanted, numbers_fired = rowform.decide(table, row)
        answer = exact.decide({name: str(v) if isinstance(v, date) else v for name, v in row.items()})
        assert list(answer.rules) == fired == numbers_fired, (logic, row)
        assert answer.result == wanted, (logic, row, answer.result, wanted)
        assert same(got, wanted) or (nothing(got) and nothing(wanted)), (logic, row, got, wanted)


some_rows = st.lists(rows, min_size=1, max_size=12)


@settings(max_examples=400, deadline=None)
@given(logic=tables(compared, False), given_rows=some_rows)
def test_tables_that_compare_answer_alike(logic: str, given_rows: list[dict[str, object]]) -> None:
    check(logic, given_rows)


@settings(max_examples=300, deadline=None)
@given(logic=tables(cells, True), given_rows=some_rows)
def test_tables_that_work_things_out_answer_alike(logic: str, given_rows: list[dict[str, object]]) -> None:
    check(logic, given_rows)
