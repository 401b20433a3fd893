"""What the tidy tests read: our own source as text and as trees."""

import ast
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "arrears"


def python_files(folder: Path) -> list[Path]:
    """Every module under a folder, migrations left out."""
    return sorted(p for p in folder.rglob("*.py") if "migrations" not in p.parts)


@lru_cache(maxsize=2_000)
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
