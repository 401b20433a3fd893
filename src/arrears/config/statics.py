"""How are the pages' static files kept? Under names that carry their content's hash, each beside what gzip makes of it.

Brotli, which WhiteNoise would take where a library of it happens to be installed, saves a fifth more and takes most of
a minute of the first start.
"""

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedGzipped(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage without Brotli, and without compressing what only a developer's tools read."""

    def create_compressor(self, **options: Any) -> Compressor:
        skipped = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
        return Compressor(**options | {"extensions": skipped, "use_brotli": False})
