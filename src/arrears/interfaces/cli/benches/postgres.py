"""A throw-away PostgreSQL server: unix socket only, no durability, gone with the process that started it.

Used by the benches and by the tests, never by anything that keeps data. Found in PATH or where Debian keeps it; run as
the `postgres` user when started by root, because the server refuses root.
"""

from __future__ import annotations

import atexit
import ctypes
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache, lru_cache
from pathlib import Path

import psycopg

START_SECONDS_MAX = 20.0
PR_SET_PDEATHSIG = 1
SERVER_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=100",
)


class NoServer(RuntimeError):
    """There is no PostgreSQL server binary on this machine."""


def binaries() -> Path | None:
    """The folder that holds `initdb` and `postgres`; None when there is none."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


@lru_cache(maxsize=1)
def server_url() -> str:
    """Start the server once a process and return the URL of its empty `postgres` database."""
    folder = binaries()
    if folder is None:
        raise NoServer("no initdb and postgres in PATH or /usr/lib/postgresql")
    root = Path(tempfile.mkdtemp(prefix="arrears-pg-"))
    as_user = "postgres" if os.geteuid() == 0 else None
    if as_user:
        account = pwd.getpwnam(as_user)
        os.chown(root, account.pw_uid, account.pw_gid)
    name = as_user or getpass.getuser()
    data = root / "data"
    subprocess.run(
        [folder / "initdb", "-D", data, "-U", name, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        capture_output=True,
        user=as_user,
        cwd=root,
    )
    options = [word for setting in SERVER_SETTINGS for word in ("-c", setting)]
    with (root / "log").open("wb") as log:
        server = subprocess.Popen(
            [folder / "postgres", "-D", data, "-k", root, *options],
            stdout=log,
            stderr=log,
            user=as_user,
            cwd=root,
            preexec_fn=_die_with_parent,
        )
    atexit.register(_stop, server, root, os.getpid())
    _wait(name, root, server)
    return f"postgresql://{name}@{str(root).replace('/', '%2F')}/postgres"


@cache
def database_url(of: str) -> str:
    """The URL of an empty database for each home `of`: books belong to the keys of one."""
    server, name = server_url().rpartition("/")[0], f"books_{database_url.cache_info().misses}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as there:
        there.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def _die_with_parent() -> None:
    """On Linux the server also falls when this process is killed -9 and no exit handler can run."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _wait(name: str, root: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(host=str(root), user=name, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoServer(f"PostgreSQL did not start: {(root / 'log').read_text(errors='replace')[-500:]}")


def _stop(server: subprocess.Popen[bytes], root: Path, owner: int) -> None:
    if os.getpid() != owner:  # a forked child inherits the exit handler, not the server
        return
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
    shutil.rmtree(root, ignore_errors=True)
