"""The evidence of one case as files: the signed document, what it is checked with, and the same as a PDF to read.

Called by the page of the case and by `arrears audit export`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

from django.utils import translation

from arrears.actions import evidence, reveal_sealed
from arrears.interfaces.ui import gate_words, papers, sentences
from arrears.records.apikeys import queries as apikeys
from arrears.records.staff import queries as staff

DOCUMENT, MANIFEST, PAPER = "evidence.json", "manifest.json", "evidence.pdf"


def files(pack: evidence.Pack, *, language: str) -> dict[str, bytes]:
    """Name → content; without the PDF where nothing here can print one."""
    try:
        paper = pdf(pack, language=language)
    except papers.NoPrinter:
        return {DOCUMENT: pack.text, MANIFEST: pack.manifest}
    return {DOCUMENT: pack.text, MANIFEST: evidence.with_paper(pack, paper).manifest, PAPER: paper}


def pdf(pack: evidence.Pack, *, language: str) -> bytes:
    """The document laid out for a reader; raises papers.NoPrinter."""
    document = pack.document
    with translation.override(language):
        context = {
            **document,
            "digest": json.loads(pack.statement)["evidence_sha256"],
            "labels": evidence.labels(),
            "consent_words": gate_words.CONSENTS,
            "names": staff.names() | apikeys.names(),
            "purposes": {code: sentences.of_texts(one.texts) for code, one in reveal_sealed.policy().purposes.items()},
            **papers.names(),
            "reveals": [one for one in document["trail"] if one["kind"] == reveal_sealed.KIND],
        }
        return papers.pdf("papers/evidence.html", context, language=language)


def zipped(made: Mapping[str, bytes]) -> bytes:
    """The files in one, none of them compressed away from what was signed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return out.getvalue()
