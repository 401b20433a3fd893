"""What a commit may not hold: a machine's path, a package index, another's address, a build product."""

import re
import subprocess

from tests.tidy.source import ROOT

MACHINE = re.compile(r"(?<![\w.~$}])/(?:home|Users|work|root)/[A-Za-z0-9_.-]+")
INDEX = re.compile(r"(?:--index-url|--extra-index-url|--find-links|pypi\.org|pythonhosted|registry\.npmjs)", re.I)
MEBIBYTE = 1 << 20


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts():
    for name in tracked():
        if "/static/vendor/" in name or name.startswith("tests/tidy/"):
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


#: What may be larger than other files: weights of words, learnt from what stands beside it under tools.
MOST = {"src/arrears/policies/speech/classifier.npz": 5}


def test_no_path_of_a_machine():
    assert [(name, m.group()) for name, text in texts() for m in MACHINE.finditer(text)] == []


def test_no_package_index():
    assert [name for name, text in texts() if INDEX.search(text)] == []


def test_no_build_product_and_no_data_dump():
    endings = (".pyc", ".mo", ".sqlite3", ".parquet", ".db", ".log", ".pem", ".key")
    assert [name for name in tracked() if name.endswith(endings)] == []
    sizes = {name: (ROOT / name).stat().st_size for name in tracked()}
    assert [name for name, size in sizes.items() if size > MOST.get(name, 2) * MEBIBYTE] == []


def test_lock_files_pin_every_dependency_with_a_hash():
    for lock in sorted(path.stem for path in (ROOT / "requirements").glob("*.in")):
        text = (ROOT / f"requirements/{lock}.txt").read_text()
        pins = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==\S+(.*?)(?=^\S|\Z)", text, re.M | re.S)
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)
