"""Is anything that we stand on known to be vulnerable? Asked by `./test`, of the locked versions in requirements/.

    python tools/known_vulnerabilities.py

Ends with 1 and names each when something is. Where the service that knows cannot be asked, or knows none of what is
asked about, it says so loudly and ends with 0: that is no finding, and no all-clear either.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKED = Path(__file__).parents[1] / "requirements"
SECONDS = 180


def main() -> int:
    """Each lock file by itself."""
    return max(look(file) for file in (LOCKED / "core.txt", LOCKED / "dev.txt", LOCKED / "installer.txt"))


def look(file: Path) -> int:
    """One lock file; 1 when something of it is known to be vulnerable."""
    words = ["-r", str(file), "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip_audit", *words], capture_output=True, text=True, check=False, timeout=SECONDS
        )
        told = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return _not_audited(file, "the service that knows of vulnerabilities could not be asked")
    known = [one for one in told if "skip_reason" not in one]
    for one in known:
        for found in one["vulns"]:
            fixed = ", ".join(found["fix_versions"]) or "none yet"
            sys.stdout.write(f"VULNERABLE: {one['name']} {one['version']}: {found['id']}; mended in {fixed}\n")
    if not known:
        return _not_audited(file, f"the service knows none of its {len(told)} packages")
    sys.stdout.write(f"{file.name}: {len(known)} of {len(told)} packages looked up\n")
    return int(any(one["vulns"] for one in known))


def _not_audited(file: Path, why: str) -> int:
    sys.stdout.write(f"\nNOT AUDITED: {file.name}: {why}. Run this again where it can be.\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
