"""No module, function, test or template outgrows one screenful of purpose (the figures are the house's)."""

import ast
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from tests.tidy.source import ROOT, SOURCE, name_of, python_files, tree_of

MODULE_LINES = 400
TEST_LINES = 600
TEMPLATE_LINES = 200
FUNCTION_LINES = 70


def lines_of(path) -> int:
    return path.read_text(encoding="utf-8").count("\n")


def too_large() -> Iterator[str]:
    for path in python_files(SOURCE):
        if lines_of(path) > MODULE_LINES:
            yield name_of(path)
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{name_of(path)}:{node.name}"
    for path in python_files(ROOT / "tests"):
        if lines_of(path) > TEST_LINES:
            yield name_of(path)
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        if lines_of(path) > TEMPLATE_LINES:
            yield name_of(path)


def exceptions() -> dict[str, date]:
    listed = tomllib.loads((ROOT / "tests/tidy/exceptions.toml").read_text())
    return {row["where"]: row["until"] for row in listed.get("exception", [])}


class TestSizes:
    def test_nothing_is_too_large_unless_excepted(self):
        assert sorted(set(too_large()) - set(exceptions())) == []

    def test_no_exception_is_stale(self):
        assert sorted(set(exceptions()) - set(too_large())) == []

    @pytest.mark.parametrize(("where", "until"), sorted(exceptions().items()))
    def test_no_exception_has_run_out(self, where, until):
        assert until >= datetime.now(UTC).date()
