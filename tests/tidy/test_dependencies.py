"""What we import is what we declare: no package is used because another happens to bring it."""

import ast
import re
import sys
from importlib import metadata

from tests.tidy.source import ROOT, SOURCE, python_files, tree_of


def imported() -> set[str]:
    found = set()
    for path in python_files(SOURCE):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"arrears"}


def declared() -> set[str]:
    lines = (ROOT / "requirements/core.in").read_text().splitlines()
    return {re.split(r"[<>=\[~! ]", line)[0].lower() for line in lines if line and not line.startswith(("#", "-"))}


def test_every_import_is_of_a_declared_package():
    owners = metadata.packages_distributions()
    undeclared = {
        module
        for module in imported()
        if not {name.lower().replace("_", "-") for name in owners.get(module, ())} & declared()
    }
    assert undeclared == set()
