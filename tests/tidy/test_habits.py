"""Calls that the house does not make, and the word to use instead; each module says what it is for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.tidy.source import SOURCE, name_of, python_files, tree_of

#: (object, attribute) → what to use. The kernel's clock is the one place that may ask the machine.
BANNED = {
    ("datetime", "now"): "take `at=`; interfaces read kernel.clock",
    ("datetime", "utcnow"): "take `at=`; interfaces read kernel.clock",
    ("datetime", "today"): "take `as_of=`",
    ("date", "today"): "take `as_of=`",
    ("timezone", "now"): "take `at=`; interfaces read kernel.clock",
    ("time", "time"): "take `at=`; interfaces read kernel.clock",
}
CLOCK = "src/arrears/kernel/clock.py"
FORBIDDEN_FOLDERS = {"utils", "helpers", "common", "services", "managers", "misc"}
UNFINISHED = ("TODO", "FIXME", "XXX", "raise NotImplementedError")


def banned_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            called = (owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", ""), node.func.attr)
            if called in BANNED:
                yield f"{name_of(path)}:{node.lineno} {'.'.join(called)}: {BANNED[called]}"


def imports_inside_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    yield f"{name_of(path)}:{inner.lineno}"


class TestEveryModule:
    """All in one test a habit: each names the modules that lack it."""

    FILES = python_files(SOURCE)

    def test_it_asks_no_clock(self):
        assert len(self.FILES) > 700
        assert [called for path in self.FILES if name_of(path) != CLOCK for called in banned_calls(path)] == []

    def test_it_imports_at_the_top(self):
        assert [place for path in self.FILES for place in imports_inside_functions(path)] == []

    def test_it_says_what_it_is_for(self):
        written = [path for path in self.FILES if path.read_text(encoding="utf-8").strip()]
        assert [name_of(path) for path in written if not ast.get_docstring(tree_of(path))] == []

    def test_it_is_finished(self):
        texts = {name_of(path): path.read_text(encoding="utf-8") for path in self.FILES}
        assert [(name, word) for name, text in texts.items() for word in UNFINISHED if word in text] == []


def test_no_page_reads_its_address_past_the_reader():
    """`interfaces.ui.parts` knows what nobody asked for, and so the page can tell it."""
    console = SOURCE / "interfaces/console"
    past = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files(console)
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Attribute) and node.attr == "GET")
        or (isinstance(node, ast.Constant) and node.value == "QUERY_STRING")
    ]
    past += [name_of(path) for path in console.rglob("*.html") if "request.GET" in path.read_text(encoding="utf-8")]
    assert past == []


def test_every_folder_has_a_name_of_its_own():
    folders = {part for path in python_files(SOURCE) for part in path.relative_to(SOURCE).parts[:-1]}
    assert folders & FORBIDDEN_FOLDERS == set()


def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = (SOURCE / "interfaces/ui/static/vendor/tabler-icons/icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    named = {
        (name or other, path.relative_to(SOURCE).as_posix())
        for path in SOURCE.rglob("*.html")
        for name, other in re.findall(r'\{% icon "([a-z0-9-]+)" %\}|<c-[^>]* icon="([a-z0-9-]+)"', path.read_text())
    }
    assert there
    assert named
    assert [(name, where) for name, where in sorted(named) if name not in there] == []
