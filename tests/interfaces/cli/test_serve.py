"""Do the workers of the server answer? They are forked, and what has threads before a fork is waited for after it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears.interfaces.cli import serve

pytestmark = pytest.mark.any_database

PATIENCE = 120.0
#: The hands of the columnar engine, which are there from its first use on.
POOL = re.compile(r"polars-\d+")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The process that forks the workers, once one of them answers."""
    port = free_port()
    environment = os.environ | {"ARREARS_HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/books.sqlite3"}
    command = [sys.executable, "-m", "arrears", "serve", "--port", str(port), "--workers", "1"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/healthz", server, tmp_path / "log")
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(log.read_text())


@pytest.mark.skipif(sys.platform != "linux", reason="the names of threads are read where Linux tells them")
def test_nothing_with_threads_was_used_before_the_workers_are_forked(served: int) -> None:
    names = [(task / "comm").read_text().strip() for task in Path(f"/proc/{served}/task").iterdir()]
    assert names
    assert not [name for name in names if POOL.fullmatch(name)]


def _fails() -> None:
    raise OSError("the checks cannot be read")


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("look", "told"), [(_fails, "ended with 1"), (_dies, "ended with -9")])
def test_checks_that_could_not_be_made_are_not_passed_over(look, told) -> None:
    with pytest.raises(serve.LookFailed, match=told):
        serve._apart(look)
    serve._apart(lambda: None)
