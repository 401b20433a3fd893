"""The command line's manners: what exists, how it refuses, and with which exit code."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from arrears.interfaces.cli import main


def arrears(*words: str, home, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "arrears", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"ARREARS_HOME": str(home), "PYTHONPATH": "src", "PATH": "/usr/bin:/bin", **(more or {})},
    )


class TestArrears:
    @pytest.mark.parametrize("words", [("--version",), ("-h",), ("age", "-h")])
    def test_answers_questions_about_itself(self, words, tmp_path):
        done = arrears(*words, home=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "arrears" in done.stdout

    @pytest.mark.parametrize("words", [(), ("nosuch",), ("decide",), ("key", "issue", "x")])
    def test_calls_wrong_usage_2(self, words, tmp_path):
        assert arrears(*words, home=tmp_path).returncode == 2

    def test_refuses_in_one_line_with_1(self, tmp_path):
        done = arrears("bench", "nosuch", home=tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("arrears: unknown bench nosuch")
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("DATABASE_URL", "mysql://u:secret@x", "must begin with postgres:// or sqlite://, not 'mysql'"),
            ("ARREARS_ZONE", "Foo/Bar", "must be a time zone such as Asia/Shanghai, not 'Foo/Bar'"),
            ("ARREARS_ZONE", "Asia", "must be a time zone such as Asia/Shanghai, not 'Asia'"),
            ("ARREARS_CLOCK", "banana", "must be books or system, not 'banana'"),
        ],
    )
    def test_a_setting_that_cannot_be_is_one_line(self, name, value, told, tmp_path):
        done = arrears("staff", "list", home=tmp_path, more={name: value})
        assert (done.returncode, done.stderr) == (1, f"arrears: {name} {told}\n")

    @pytest.mark.parametrize(
        ("words", "option"),
        [
            (("demo", "--days", "-5"), "--days"),
            (("demo", "--days", "99999999"), "--days"),
            (("demo", "--borrowers", "0"), "--borrowers"),
            (("demo", "--port", "99999"), "--port"),
            (("serve", "--port", "99999"), "--port"),
            (("serve", "--port", "0"), "--port"),
        ],
    )
    def test_a_number_out_of_its_range_is_wrong_usage(self, words, option, monkeypatch, capsys):
        monkeypatch.setattr(sys, "argv", ["arrears", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        assert ended.value.code == 2
        assert f"Invalid value for '{option}': Input should be " in capsys.readouterr().err

    def test_a_server_loads_the_compiled_ageing_before_anybody_pays(self, tmp_path):
        said = (
            "import threading; from arrears.interfaces.cli import serve; from arrears.rules.ageing import kernel;"
            "before = len(kernel.fold_all.signatures); serve.warm(None);"
            "[one.join() for one in threading.enumerate() if one.name == 'warm'];"
            "print(before, len(kernel.fold_all.signatures))"
        )
        home = {"ARREARS_HOME": str(tmp_path), "PYTHONPATH": "src", "PATH": "/usr/bin:/bin"}
        cache = {"NUMBA_CACHE_DIR": os.environ["NUMBA_CACHE_DIR"]} if "NUMBA_CACHE_DIR" in os.environ else {}
        done = subprocess.run(
            [sys.executable, "-c", said], capture_output=True, text=True, check=True, env=home | cache
        )
        assert done.stdout == "0 1\n"

    def test_every_command_can_be_loaded(self):
        group = main.typer.main.get_command(main.app)
        context = main.typer.Context(group)
        for name in main.COMMANDS:
            assert group.get_command(context, name) is not None
