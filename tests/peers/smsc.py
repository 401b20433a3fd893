"""A message centre that nobody here wrote, started for a test: the `smpp` package of npm, driven by smsc/server.js.

The package is installed once per lock file with `npm ci`, into the user's cache folder and never into the tree. Where
it cannot be had, `NoSmsc` says in one line what is missing.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "smsc"


class NoSmsc(Exception):
    """Why there is no message centre to test against."""


def installed() -> Path:
    """The folder with the peer and its packages; installs it when it is not there. Raises NoSmsc."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoSmsc(f"`{program}` is not installed")
    files = [FOLDER / name for name in ("package.json", "package-lock.json")]
    fingerprint = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    target = cache / "arrears" / f"smsc-{fingerprint}"
    if not (target / "node_modules" / "smpp").is_dir():
        _install(target, files)
    return target


def _install(target: Path, files: list[Path]) -> None:
    """Install beside and rename, so that two runs at once cannot see half a folder."""
    building = target.with_name(f"{target.name}.{os.getpid()}")
    building.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy(path, building)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=building, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        shutil.rmtree(building)
        raise NoSmsc(f"`npm ci` failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
    try:
        building.rename(target)
    except OSError:
        shutil.rmtree(building)


class Smsc:
    """One running message centre."""

    def __init__(self, port: int = 0) -> None:
        environment = os.environ | {"NODE_PATH": str(installed() / "node_modules")}
        self._process = subprocess.Popen(
            ["node", str(FOLDER / "server.js"), str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.port: int = self._read()["port"]

    def _read(self) -> dict:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the message centre has ended"
        return json.loads(line)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def order(self, do: str, **facts: object):
        """Give an order and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do} | facts) + "\n")
        self._process.stdin.flush()
        return self._read()

    def plan(self, **changes: object) -> None:
        """Behave so from now on."""
        self.order("plan", changes=changes)

    def seen(self) -> dict[str, int]:
        """What was counted at the far end."""
        return self.order("seen")

    def arrivals(self) -> dict[tuple[str, str], int]:
        """(number, whole text) → how often it arrived."""
        return {tuple(key.split("|", 1)): count for key, count in self.order("arrivals").items()}

    def kill(self) -> None:
        """End it without a goodbye to anybody."""
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        if self.is_running:
            self.kill()


_shared: list[Smsc] = []


def fresh() -> Smsc:
    """A message centre that remembers nothing; the process is shared by the tests that leave it alive."""
    if _shared and _shared[0].is_running:
        _shared[0].order("reset")
    else:
        _shared[:] = [Smsc()]
        atexit.register(_shared[0].close)
    return _shared[0]


def main() -> None:
    """Become the message centre: orders on stdin, answers on stdout."""
    try:
        modules = installed() / "node_modules"
    except NoSmsc as absent:
        sys.exit(str(absent))
    os.execvpe("node", ["node", str(FOLDER / "server.js")], os.environ | {"NODE_PATH": str(modules)})


if __name__ == "__main__":
    main()
