"""What a password of a colleague is hashed by: scrypt at the cost that OWASP ASVS 4.0.3 asks for (2.4.6).

Chosen by the settings. A hash of before, made at a lower cost, is made anew when its owner signs in.
"""

from __future__ import annotations

from django.contrib.auth.hashers import ScryptPasswordHasher


class Scrypt(ScryptPasswordHasher):
    """64 MiB and about a fifth of a second each."""

    work_factor = 2**16
    block_size = 8
    parallelism = 1
    maxmem = 128 * 2**20
