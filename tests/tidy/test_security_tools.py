"""What tools that look for weak places find in us, and what was decided about each.

A finding of bandit is allowed on a line that says why: `# noqa: S608  the names are the model's` (the number that
ruff gives it) or `# nosec B405  …`. Known vulnerabilities of what we stand on are looked up by `./test`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tidy.source import ROOT

#: A pragma with the words behind it.
ALLOWED = re.compile(r"#\s*(?:noqa: S(?P<ruff>\d+)|nosec B(?P<bandit>\d+))[\s(:]+(?P<why>\w[^#]*\w)")
#: Whose chance is a seed's, not a secret's.
SEEDED = "src/arrears/simulator/"


@pytest.fixture(scope="module")
def findings() -> list[dict[str, object]]:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        "src",
        "-c",
        "pyproject.toml",
        "-f",
        "json",
        "--ignore-nosec",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert told["errors"] == []
    return told["results"]


def is_allowed(finding: dict[str, object]) -> bool:
    if finding["test_id"] == "B311" and str(finding["filename"]).startswith(SEEDED):
        return True
    lines = (ROOT / str(finding["filename"])).read_text(encoding="utf-8").splitlines()
    number = str(finding["test_id"])[1:]
    first, last = min(finding["line_range"]), max(finding["line_range"])
    said = (match for line in lines[first - 1 : last] for match in ALLOWED.finditer(line))
    return any(number in (match["ruff"], match["bandit"]) for match in said)


def test_bandit_finds_nothing_that_no_line_explains(findings):
    assert findings, "bandit looked"
    left = [finding for finding in findings if not is_allowed(finding)]
    assert [f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}" for one in left] == []


def test_django_s_deploy_check_is_clean_with_production_settings(tmp_path: Path):
    given = {name: value for name, value in os.environ.items() if not name.startswith("ARREARS_")}
    given |= {
        "ARREARS_HOME": str(tmp_path),
        "ARREARS_HTTPS": "yes",
        "ARREARS_HOSTS": "books.example",
        "ARREARS_ORIGINS": "https://books.example",
        "ARREARS_CLOCK": "system",
        "ARREARS_TRUSTED_PROXIES": "10.0.0.0/8",
        "DJANGO_SETTINGS_MODULE": "arrears.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "arrears", "admin", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
