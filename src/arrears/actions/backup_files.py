"""What stands in a backup: a summary, then files, then the digest of each. Written and read as one stream.

Called by back_up, which `add`s, and by restore_backup, which goes through the `members`. Inside the seal it is a tar
archive (POSIX pax), so that what is opened needs no program of ours. Neither side holds a file in memory, nor a list of
them: the digests are one text, and it is that text's digest that is compared.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from arrears.kernel import sealed_files
from arrears.kernel.errors import InvalidInput

KIND = "backup"
SUMMARY, DIGESTS = "summary.json", "digests.sha256"
BLOCK = 1 << 20


class NotABackup(InvalidInput):
    code = "not_a_backup"
    message = "The file opens, but is not a backup that this version understands: {why}."


@dataclass(frozen=True)
class Summary:
    """made_at  : ISO, UTC; version : of Arrears; database : as `copy_books.kind` says; migrations : applied
    keys       : the marks of the keys that these books need: they are kept elsewhere
    settings   : of what the environment said: values of what is no secret, names of the rest
    """

    made_at: str
    version: str
    database: str
    migrations: tuple[str, ...]
    keys: Mapping[str, str]
    settings: Mapping[str, str]


class Writing:
    """A backup being written. `digests` is kept in a file beside, which grows with the number of files."""

    def __init__(self, out: IO[bytes], digests: Path) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT, bufsize=BLOCK)  # noqa: SIM115  finish closes
        self._digests = digests
        self._lines = digests.open("wb")

    def summary(self, told: Summary) -> None:
        self._add(SUMMARY, io.BytesIO(json.dumps(asdict(told), indent=1, ensure_ascii=False).encode()))

    def file(self, name: str, path: Path) -> None:
        """Add a file under a name such as `lake/accounts/…`."""
        with path.open("rb") as content:
            self._add(name, content)

    def finish(self) -> None:
        self._lines.close()
        with self._digests.open("rb") as content:
            self._add(DIGESTS, content)
        self._tar.close()

    def _add(self, name: str, content: IO[bytes]) -> None:
        about = tarfile.TarInfo(name)
        about.size = content.seek(0, io.SEEK_END)
        content.seek(0)
        hashed = Content(content)
        self._tar.addfile(about, hashed)
        self._tar.members.clear()  # type: ignore[attr-defined]  # the library remembers every one
        if name != DIGESTS:
            self._lines.write(_line(hashed.digest(), name))


class Reading:
    """A backup being read, from its first byte to its last. `summary` is there at once."""

    def __init__(self, opened: sealed_files.Reader) -> None:
        self._stream = opened
        try:
            self._tar = tarfile.open(fileobj=opened, mode="r|", bufsize=BLOCK)  # noqa: SIM115  it lives as long as the file
            first = self._tar.next()
            if first is None or first.name != SUMMARY:
                raise NotABackup(why="it does not begin with its summary")
            content = _content(self._tar, first).read()
            told = json.loads(content)
            self.summary = Summary(**told | {"migrations": tuple(told["migrations"])})
        except (tarfile.TarError, ValueError, TypeError, KeyError) as fault:
            raise NotABackup(why=type(fault).__name__) from fault
        self._seen = hashlib.sha256(_line(hashlib.sha256(content).hexdigest(), SUMMARY))

    def members(self) -> Iterator[tuple[str, Content]]:
        """Each file's name and content, which must be read before the next one is asked for.

        raises : sealed_files.Damaged; NotABackup where a file is not what was put in, or one is missing or too many
        """
        told = ""
        while (member := self._next()) is not None:
            if told or not member.isreg() or not _is_plain(member.name):
                raise NotABackup(why=f"{member.name!r} does not belong there")
            content = Content(_content(self._tar, member))
            if member.name == DIGESTS:
                told = _drained(content)
            else:
                yield member.name, content
                self._seen.update(_line(_drained(content), member.name))
        while self._stream.read(BLOCK):  # to the very end, which is authenticated too
            pass
        if told != self._seen.hexdigest():
            raise NotABackup(why="its files are not those that its digests name")

    def _next(self) -> tarfile.TarInfo | None:
        try:
            self._tar.members.clear()  # type: ignore[attr-defined]
            return self._tar.next()
        except tarfile.TarError as fault:
            raise NotABackup(why=type(fault).__name__) from fault


class Content:
    """The content of one file, hashed while it is read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content, self._hash = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._content.read(size)
        self._hash.update(found)
        return found

    def digest(self) -> str:
        return self._hash.hexdigest()


def _drained(content: Content) -> str:
    """The digest of all of it, whatever was read of it before."""
    while content.read(BLOCK):
        pass
    return content.digest()


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    found = tar.extractfile(member)
    if found is None:
        raise NotABackup(why=f"{member.name!r} is no file")
    return found


def _line(digest: str, name: str) -> bytes:
    """As `sha256sum --check` reads it."""
    return f"{digest}  {name}\n".encode()


def _is_plain(name: str) -> bool:
    """A path below the place it is put into, and nowhere else."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and "\0" not in name and "\n" not in name
