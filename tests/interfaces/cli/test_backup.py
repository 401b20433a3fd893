"""`arrears backup` and `arrears restore`: an empty place becomes what was backed up, or stays empty; keys go apart.

Everything happens in installations of their own, as processes, on the database that the run is on.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from arrears.actions import backup_files, keep_keys, restore_backup
from arrears.kernel import sealed_files
from arrears.records.ledger import balance
from arrears.records.ledger.models import JournalEntry, Posting

PASSPHRASE, OF_KEYS = "correct horse battery staple", "another keeper, another box"
KEYS = ("vault", "pseudonym", "audit", "anchor")
PEOPLE = 8
CHILD = "tests.interfaces.cli.restored_child"

TABLES: dict[type, str] = {
    sqlite3.Connection: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1",
    psycopg.Connection: "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}

Ran = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Place:
    """An installation: `run` runs a command of it."""

    home: Path
    environment: dict[str, str]

    def run(self, *words: object, passphrase: str = PASSPHRASE, module: str = "arrears") -> Ran:
        given = self.environment | {"ARREARS_BACKUP_PASSPHRASE": passphrase}
        command = [sys.executable, "-m", module, *map(str, words)]
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False, cwd=self.home)

    def done(self, *words: object, **how: str) -> str:
        """The output of a command that must succeed."""
        ran = self.run(*words, **how)
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran.stdout.strip()

    def refused(self, *words: object, **how: str) -> str:
        """The last line of a command that must not."""
        ran = self.run(*words, **how)
        assert ran.returncode == 1, ran.stderr + ran.stdout
        return ran.stderr.strip().split("\n")[-1]

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table but SQLite's own, as text; read without a process of the installation."""
        with self.books() as books:
            tables = [name for (name,) in books.execute(TABLES[type(books)]).fetchall()]
            return {
                name: sorted(str(row) for row in books.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables
            }

    def books(self) -> AbstractContextManager[sqlite3.Connection | psycopg.Connection]:
        url = self.environment["DATABASE_URL"]
        if url.startswith("postgres"):
            return psycopg.connect(url)
        return closing(sqlite3.connect(url.removeprefix("sqlite:///")))

    def files(self) -> list[str]:
        """All but what every command makes."""
        found = (path.relative_to(self.home) for path in sorted(self.home.rglob("*")) if path.is_file())
        return [path.as_posix() for path in found if path.parts[0] not in ("keys", "locale")]


@contextmanager
def _place(home: Path, name: str) -> Iterator[Place]:
    """An empty home and an empty database."""
    home.mkdir(exist_ok=True)
    root = Path(__file__).parents[3]
    given = {"ARREARS_HOME": str(home), "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "ARREARS_PARTITIONS": "2"}
    given["ARREARS_MFA"] = "none"
    given["DJANGO_SETTINGS_MODULE"] = "arrears.config.settings"
    server_url = os.environ.get("DATABASE_URL", "")
    if not server_url.startswith("postgres"):
        yield Place(home, os.environ | given | {"DATABASE_URL": f"sqlite:///{home}/arrears.sqlite3"})
        return
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}_{os.getpid()}")
        url = f"{server_url.rpartition('/')[0]}/{name}_{os.getpid()}"
        yield Place(home, os.environ | given | {"DATABASE_URL": url})
        server.execute(f"DROP DATABASE {name}_{os.getpid()} WITH (FORCE)")


@pytest.fixture(scope="module")
def lived(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Books of a night, in a home with keys, a policy, an anchor and a lake."""
    with _place(tmp_path_factory.mktemp("lived"), "lived") as place:
        place.done("live", module=CHILD)
        yield place


@pytest.fixture
def empty(django_db_setup: None, tmp_path: Path) -> Iterator[Place]:
    with _place(tmp_path / "empty", "restored") as place:
        yield place


@pytest.fixture(scope="module")
def keys_file(lived, tmp_path_factory) -> Path:
    return Path(lived.done("backup", "keys", tmp_path_factory.mktemp("safe") / "keys", passphrase=OF_KEYS))


@pytest.fixture(scope="module")
def rows(lived, keys_file) -> dict[str, list[str]]:
    """All rows of the books just before they are backed up."""
    return lived.rows()


@pytest.fixture(scope="module")
def made(lived, rows, tmp_path_factory) -> Path:
    """A backup, in a folder of its own."""
    return Path(lived.done("backup", tmp_path_factory.mktemp("backups")))


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def opened(file: Path) -> bytes:
    """The archive within a backup."""
    with file.open("rb") as sealed:
        return sealed_files.Reader(sealed, kind="backup", passphrase=PASSPHRASE).readall()


class TestRestore:
    def test_an_empty_place_becomes_what_was_backed_up_and_the_keys_go_apart(self, lived, rows, made, empty, keys_file):
        ran = empty.run("restore", made)
        assert ran.returncode == 0, ran.stderr
        assert empty.rows() == rows
        assert len(rows["people_person"]) == PEOPLE
        assert len(rows["audit_event"]) > 3
        for folder in ("lake", "anchors", "policies"):
            assert tree(empty.home / folder) == tree(lived.home / folder) != {}

        # Without the keys nothing of people can be read, and nobody begins to work.
        for what in KEYS:
            assert f"the {what} key ({empty.home}/keys/{what}.key) is missing" in ran.stderr
        assert "The vault key is missing" in empty.refused("vault", "list")
        assert not (empty.home / "keys").exists()

        assert empty.done("restore", "keys", keys_file, passphrase=OF_KEYS).count(" key") == len(KEYS)
        assert (empty.home / "keys" / "vault.key").stat().st_mode & 0o777 == 0o600
        assert "nothing to object to" in empty.done("audit", "verify")
        assert "nothing to object to" in empty.done("vault", "verify")
        found = json.loads(empty.done("console", module=CHILD))
        assert (found["pages"], found["name"]) == ([200, 200], f"客户{found['customer']}")

        before = empty.rows()
        assert "is not empty" in empty.refused("restore", made)
        assert empty.rows() == before

    def test_of_a_moment_while_others_write_it_says_that_trail_and_journal_stand(self, lived, made, empty, keys_file):
        """Payments go on meanwhile, each with its journal entry, its case and its events."""
        command = [sys.executable, "-m", CHILD, "pay"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=lived.environment, text=True, **pipes) as writer:
            assert writer.stderr.readline() == "begun\n"
            backup = lived.done("backup", made.parent / "while-written")
            written, fault = writer.communicate("")
        assert writer.returncode == 0, fault

        empty.done("restore", "keys", keys_file, passphrase=OF_KEYS)
        told = empty.done("restore", backup)
        assert "events verified; nothing to object to" in told
        assert "debits equal credits" in told
        assert 0 < len(empty.rows()["ledger_payment"]) < int(written)

    @pytest.mark.any_database
    def test_a_damaged_file_changes_nothing(self, made, empty, tmp_path):
        content = made.read_bytes()
        (tmp_path / "cut").write_bytes(content[:-1])
        assert "damaged" in empty.refused("restore", tmp_path / "cut")
        assert empty.files() == []

    @pytest.mark.any_database
    def test_another_passphrase_is_told_as_such(self, made, empty):
        assert "The passphrase is not the one" in empty.refused("restore", made, passphrase=PASSPHRASE + "!")
        assert empty.files() == []
        assert not (empty.home / "keys").exists()

    @pytest.mark.parametrize("taken", ["lake/accounts/x", "anchors/000001.json", "policies/own.toml", "books.json"])
    def test_a_place_with_a_file_in_it_is_left_alone(self, made, empty, taken, in_process):
        (empty.home / taken).parent.mkdir(parents=True, exist_ok=True)
        (empty.home / taken).write_text("mine")
        with in_process(empty), pytest.raises(restore_backup.NotEmpty, match="is not empty"):
            restore_backup.restore(made, passphrase=PASSPHRASE, progress=lambda *_: None)
        assert empty.files() == [taken]

    @pytest.mark.any_database
    def test_one_that_was_killed_stops_other_commands_and_is_begun_again(self, made, empty):
        (empty.home / ".restore-begun").touch()
        (empty.home / ".restoring").mkdir()
        (empty.home / "lake" / "accounts").mkdir(parents=True)
        assert "run `arrears restore` again" in empty.refused("audit", "verify")
        empty.done("restore", made)
        assert not (empty.home / ".restore-begun").exists()


@pytest.fixture
def in_process(settings) -> Callable[[Place], ExitStack]:
    """Settings of another installation, for what asks only for folders and finds no books."""

    def over(place: Place) -> ExitStack:
        settings.HOME, settings.LAKE = place.home, place.home / "lake"
        stack = ExitStack()
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("arrears.actions.copy_books.is_empty", lambda: True)
        return stack

    return over


@pytest.mark.any_database
class TestDamage:
    """Found before anything is written, wherever it is."""

    def checked(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(content)
        restore_backup.checked(tmp_path / "x", passphrase=PASSPHRASE, progress=lambda *_: None)

    def test_there_is_none_in_what_was_made(self, made, tmp_path):
        self.checked(made.read_bytes(), tmp_path)

    @pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.999])
    def test_a_flipped_byte(self, made, tmp_path, share):
        content = bytearray(made.read_bytes())
        content[int(len(content) * share)] ^= 0x40
        with pytest.raises((sealed_files.Damaged, sealed_files.PassphraseWrong)):
            self.checked(bytes(content), tmp_path)

    def test_a_file_that_differs_from_its_digest(self, made, tmp_path):
        """By somebody who knows the passphrase, or a fault of ours: the seal fits and the content does not."""
        plain = opened(made).replace(b"the lender's own", b"the thief's own!")
        assert plain != opened(made)
        with pytest.raises(backup_files.NotABackup, match="digests"):
            self.checked(_sealed(plain), tmp_path)

    @pytest.mark.parametrize("name", ["../outside", "/etc/outside", "lake/../../outside", "keys/vault.key"])
    def test_a_file_that_would_stand_elsewhere(self, made, tmp_path, name, empty, in_process):
        plain = io.BytesIO()
        sealed = sealed_files.Writer(plain, kind="backup", passphrase=PASSPHRASE)
        writing = backup_files.Writing(sealed, tmp_path / "digests")
        told = "SQLite" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else "PostgreSQL 15"
        writing.summary(backup_files.Summary("2026-11-23", "1", told, (), {}, {}))
        (tmp_path / "content").write_text("x")
        writing.file(name, tmp_path / "content")
        writing.finish()
        sealed.finish()
        (tmp_path / "b").write_bytes(plain.getvalue())
        with in_process(empty), pytest.raises(backup_files.NotABackup, match="does not belong there"):
            restore_backup.restore(tmp_path / "b", passphrase=PASSPHRASE, progress=lambda *_: None)
        assert empty.files() == []


def _sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    writer = sealed_files.Writer(out, kind="backup", passphrase=PASSPHRASE)
    writer.write(plain)
    writer.finish()
    return out.getvalue()


class TestBackup:
    def test_holds_no_key_even_when_it_is_opened(self, lived, made):
        """Public tools open what is inside, and find the digests true."""
        plain = opened(made)
        done = subprocess.run(["tar", "-tf", "-"], input=plain, capture_output=True, check=True)
        names = done.stdout.decode().split()
        assert (names[0], names[-1]) == ("summary.json", "digests.sha256")
        assert [name for name in names if "key" in name] == []
        for path in (lived.home / "keys").iterdir():
            assert path.read_bytes().strip() not in plain
        assert "客户C000".encode() not in plain
        assert made.stat().st_mode & 0o777 == 0o600

    def test_leaves_nothing_behind_and_is_on_record(self, lived, made):
        left = [path for folder in (lived.home, lived.home / "lake") for path in folder.glob(".backup-*")]
        assert left == []
        told = [row for row in lived.rows()["audit_event"] if "backup." in row]
        assert "backup.keys_made" in told[0] + told[1]
        assert any("sha256" in row for row in told)

    @pytest.mark.any_database
    def test_never_writes_over_a_file_and_wants_a_passphrase(self, lived, made, tmp_path):
        before = made.read_bytes()
        assert "is there already" in lived.refused("backup", made)
        assert made.read_bytes() == before
        for passphrase in ("", "short"):
            assert "passphrase" in lived.refused("backup", tmp_path / "b", passphrase=passphrase)
        assert list(tmp_path.glob("b*")) == []

    @pytest.mark.any_database
    def test_needs_no_more_memory_for_a_larger_lake(self, lived, made, tmp_path):
        more = lived.home / "lake" / "spending" / "as_of=2000-01-01" / "part=00" / "data.parquet"
        more.parent.mkdir(parents=True)
        with more.open("wb") as file:
            file.truncate(MORE_BYTES)
        try:
            small, large = (_peak_kib(lived, tmp_path / name, without) for name, without in (("s", more), ("l", None)))
        finally:
            shutil.rmtree(lived.home / "lake" / "spending" / "as_of=2000-01-01")
        assert large - small < MORE_BYTES / 1024 / 10


#: So much more in the lake may not need a tenth of it more memory.
MORE_BYTES = 200 << 20


def _peak_kib(place: Place, file: Path, without: Path | None) -> int:
    """Peak memory of one backup, one file of the lake aside."""
    if without is not None:
        without.rename(place.home / "aside")
    try:
        measured = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=2); "
        measured += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        given = place.environment | {"ARREARS_BACKUP_PASSPHRASE": PASSPHRASE}
        command = [sys.executable, "-c", measured, sys.executable, "-m", "arrears", "backup", str(file)]
        return int(subprocess.run(command, env=given, capture_output=True, text=True, check=True).stdout)
    finally:
        if without is not None:
            (place.home / "aside").rename(without)


@pytest.mark.any_database
class TestKeys:
    def test_into_a_folder_go_under_a_name_with_the_moment_as_a_backup_does(self, lived, tmp_path):
        """Once more, for the folder holds keys and no backup."""
        made = Path(lived.done("backup", "keys", tmp_path, passphrase=OF_KEYS))
        assert [path.name for path in tmp_path.iterdir()] == [made.name]
        assert made.match("arrears-????????T??????Z.keys")
        assert "is there already" in lived.refused("backup", "keys", made, passphrase=OF_KEYS)

    def test_never_lie_beside_a_backup_nor_a_backup_beside_them(self, lived, made, keys_file):
        why = "keys and backups never lie in one folder"
        assert why in lived.refused("backup", "keys", made.parent / "keys")
        assert why in lived.refused("backup", keys_file.parent)
        assert [path.name for path in keys_file.parent.iterdir()] == ["keys"]

    def test_a_folder_that_is_not_there_is_told(self, tmp_path):
        new = keep_keys.new_file(tmp_path / "typo" / "x", kind=keep_keys.KIND, at=datetime(2026, 11, 23, tzinfo=UTC))
        with pytest.raises(keep_keys.FolderMissing, match=r"There is no folder .*typo"), new:
            pytest.fail("it was begun")
        assert list(tmp_path.iterdir()) == []

    def test_a_key_that_is_there_is_never_changed(self, keys_file, settings, tmp_path):
        settings.SEALING_KEYS = {name: tmp_path / f"{name}.key" for name in settings.SEALING_KEYS}
        settings.SEALING_KEYS["AUDIT_KEY"].write_text("f" * 64)
        with pytest.raises(keep_keys.AnotherKey, match="holds another key"):
            keep_keys.put_back(keys_file, passphrase=OF_KEYS)
        assert [path.name for path in tmp_path.iterdir()] == ["AUDIT_KEY.key"]

    def test_another_passphrase_or_a_backup_is_told_as_such(self, keys_file, made):
        with pytest.raises(sealed_files.PassphraseWrong):
            keep_keys.put_back(keys_file, passphrase=PASSPHRASE)
        with pytest.raises(sealed_files.NotSealed, match="keys"):
            keep_keys.put_back(made, passphrase=PASSPHRASE)


@pytest.mark.django_db
def test_an_unbalanced_entry_is_named():
    at = datetime(2026, 11, 23, tzinfo=UTC)
    about = {"kind": "x", "reference": "r", "effective_on": date(2026, 11, 23), "recorded_at": at, "actor": "x"}
    entry = JournalEntry.objects.create(entry_id="E1", **about)
    Posting.objects.create(entry=entry, ledger_account="cash", amount_minor=5, currency="CNY")
    assert balance.balance() == balance.Balance(1, ("E1",))
