"""Where the business's dated, cited data lives: rule packs, products, decision tables, templates, charts of accounts.

`folder()` holds what is shipped. A lender overrides a file by placing one of the same name in its own folder, and may
add products, packs and templates there; `in_force()` is the two laid over one another.
"""

import contextlib
import hashlib
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

#: Of each file below a folder: what changes when it is written, replaced or removed.
Stamp = tuple[tuple[str, int, int, int], ...]


def folder() -> Path:
    """The folder of the shipped policies."""
    return Path(__file__).parent


def of_home(home: Path) -> Path:
    """The policies in force in an installation's home: its own under `policies`, laid over the shipped ones."""
    return in_force(home / "policies", kept_in=home / "cache" / "policies")


def in_force(own: Path, *, kept_in: Path) -> Path:
    """The shipped policies with a lender's own files laid over them.

    own     : the lender's folder; the shipped folder itself is returned where there is none
    kept_in : where the laid-over copy is kept, one folder a content, so that what a night decided by stays readable
    """
    if not own.is_dir():
        return folder()
    layers, stamped = (folder(), own), stamp(own)
    laid = kept_in / _fingerprint(layers, stamped)
    if not laid.is_dir():
        kept_in.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".laying-", dir=kept_in))
        try:
            for layer in layers:
                shutil.copytree(layer, beside, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        except OSError:
            shutil.rmtree(beside)
            raise
        if stamp(own) != stamped:  # edited meanwhile: this is not what the fingerprint is of
            shutil.rmtree(beside)
            return in_force(own, kept_in=kept_in)
        try:
            beside.rename(laid)
        except OSError:  # another process laid the same content first
            shutil.rmtree(beside)
    return laid


def stamp(own: Path) -> Stamp:
    """What tells that a file of a lender's folder was written, replaced or removed, at the price of a few stats."""
    found = []
    for path in sorted(own.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # an editor's own file, gone again
            about = path.stat()
            found.append((str(path), about.st_mtime_ns, about.st_size, about.st_ino))
    return tuple(found)


@lru_cache(maxsize=4)
def _fingerprint(layers: tuple[Path, ...], stamped: Stamp) -> str:
    """Of every file's content, read again when the lender's folder looks otherwise; what is shipped stays as it is."""
    seen = hashlib.sha256()
    for number, layer in enumerate(layers):
        for path in sorted(p for p in layer.rglob("*") if p.is_file() and p.suffix not in {".py", ".pyc"}):
            seen.update(f"{number} {path.relative_to(layer).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return seen.hexdigest()[:16]
