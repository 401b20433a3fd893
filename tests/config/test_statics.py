"""Static files are gzipped and nothing slower, though a Brotli library came with what lays out papers."""

from __future__ import annotations

from pathlib import Path

import brotli  # noqa: F401  it is installed, so that WhiteNoise would take it
import pytest

from arrears.config.statics import HashedGzipped


@pytest.mark.parametrize(("name", "made"), [("page.css", ["page.css.gz"]), ("page.css.map", []), ("a.woff2", [])])
def test_each_file_has_what_it_is_worth(tmp_path: Path, name: str, made: list[str]) -> None:
    (tmp_path / name).write_text("body { color: black }\n" * 100)
    compressor = HashedGzipped(location=str(tmp_path)).create_compressor(quiet=True)

    assert compressor.should_compress(name) is bool(made)
    if made:
        list(compressor.compress(str(tmp_path / name)))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != name) == made
