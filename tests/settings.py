"""Settings of the tests: the real settings over a home folder that is thrown away.

`ARREARS_TEST_DATABASE=postgresql` runs the database tests on a throw-away PostgreSQL server; without it they run on an
SQLite file (a file, not memory, so that threads and child processes of a test see the same books).

With `-n` these settings are read in the process that was started, and once more in each of its workers. Each worker has
a home of its own inside the first one's, and a database of its own, by its name, on the first one's server: so whatever
becomes of a worker, who started the run tidies up after it.
"""

import atexit
import os
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests import postgres

_WORKER = os.environ.get("PYTEST_XDIST_WORKER")
_HOME = tempfile.mkdtemp(prefix="arrears-test-", dir=os.environ["ARREARS_HOME"] if _WORKER else None)
_OWNER = os.getpid()


def _tidy() -> None:
    if os.getpid() == _OWNER:
        shutil.rmtree(_HOME, ignore_errors=True)


atexit.register(_tidy)
# A terminated run leaves through the exit handlers, so neither server nor folder stays behind.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

ON = os.environ.get("ARREARS_TEST_DATABASE", "sqlite")
if ON not in {"sqlite", "postgresql"}:
    raise RuntimeError(f"ARREARS_TEST_DATABASE is sqlite or postgresql, not {ON!r}")

os.environ["ARREARS_HOME"] = _HOME
if ON == "sqlite":
    os.environ["DATABASE_URL"] = f"sqlite:///{_HOME}/arrears.sqlite3"
elif not _WORKER:
    os.environ["DATABASE_URL"] = postgres.server_url()
for _name in [name for name in os.environ if name.startswith("ARREARS_")]:
    if _name not in {
        "ARREARS_HOME",
        "ARREARS_TEST_DATABASE",
        "ARREARS_DMN_TCK",
        "ARREARS_CASES",
        "ARREARS_SHARED",
    }:  # the developer's own settings are not the tests'
        del os.environ[_name]

# As a home that has been set up: a child process of a test opens the same books. By the pseudonym key numbers get their
# identifiers, by which a town's calls fall as they do: a town is the same in every run.
for _key in ("vault", "pseudonym", "audit", "anchor"):
    _path = Path(_HOME) / "keys" / f"{_key}.key"
    _path.parent.mkdir(exist_ok=True)
    _path.write_text("5e" * 32 if _key == "pseudonym" else secrets.token_hex(32), encoding="utf-8")

from arrears.config.settings import *  # noqa: E402, F403

DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
if ON == "sqlite":
    DATABASES["default"]["TEST"] = {"NAME": f"{_HOME}/test.sqlite3"}  # noqa: F405

#: Hashing passwords slowly is for real ones.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {  # templates need no collected manifest
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405  (whitenoise asks for the folder)
#: Most tests are not about signing in; those that are say what they want.
MFA = "none"
