"""`arrears audit verify|anchor|key|export|check`: does the audit trail stand as it was written, and what does it prove?

`verify` ends with 1 when anything does not fit, and names each place; `anchor` signs where the trail stands, as every
night does; `key` prints what anchors are checked with by somebody who keeps them elsewhere; `export` puts together the
evidence of one case, signed, and `check` tells whether such evidence is what was signed.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from django.db import connections
from django.utils import translation

from arrears.interfaces.cli import setup
from arrears.kernel.clock import SystemClock
from arrears.kernel.errors import InvalidInput

setup.django_ready()

from arrears.actions import anchor_audit, evidence, verify_audit, wired  # noqa: E402  the apps must be ready first
from arrears.actions.verify_audit import Finding, Judged, Stretch  # noqa: E402
from arrears.interfaces.ui import audit_words, evidence_files, papers  # noqa: E402

app = typer.Typer(add_completion=False, no_args_is_help=True)

#: How other processes begin: forked, they are there at once; macOS does not bear that, see the docs of multiprocessing.
#: Nothing here has begun a thread before.
START = "fork" if sys.platform == "linux" else "spawn"
#: So many events are judged in one process while others start: with fewer, a second one would come too late.
BESIDE_FROM = 50_000 if START == "fork" else 500_000
#: Pieces of the trail that each process is given, so that one that is slower holds up little.
PIECES_EACH = 4
#: And no more stretches than these in a piece, so that what waits to be taken from it is bounded.
PIECE_MOST = 10


@app.command()
def verify(
    anchors: Annotated[Path | None, typer.Option(help="folder of anchors kept elsewhere; default: the home's")] = None,
    public_key: Annotated[str, typer.Option(help="what anchors are checked with; default: this home's own")] = "",
    jobs: Annotated[int, typer.Option(help="processes; 0 = as many as cores")] = 0,
    at_once: Annotated[int, typer.Option(help="events that a process takes at a time", min=1)] = verify_audit.AT_ONCE,
    as_json: Annotated[bool, typer.Option("--json", help="print the findings as JSON")] = False,
    keep: Annotated[bool, typer.Option(help="keep what came of it, signed, for the page of the trail")] = True,
) -> None:
    """Verify every event, every lane and every anchor."""
    if anchors is not None and not any(anchors.glob("*.json")):
        raise InvalidInput(f"{anchors} holds no anchors")
    setup.ensure_ready()
    begun_at = SystemClock().now()
    found = verify_audit.verify(
        anchors or verify_audit.kept_here(), public_key=public_key, judge=judge_beside(jobs), at_once=at_once
    )
    if keep:
        verify_audit.keep(found, public_key=public_key, begun_at=begun_at, at=SystemClock().now(), actor=setup.ACTOR)
    if as_json:
        typer.echo(json.dumps({"events": found.events, "findings": [asdict(one) for one in found.findings]}, indent=1))
    else:
        for finding in found.findings:
            typer.echo(told(finding))
        typer.echo(f"{found.events:,} events verified; {len(found.findings) or 'nothing'} to object to")
    raise typer.Exit(1 if found.findings else 0)


@app.command()
def anchor() -> None:
    """Sign where the trail stands now; the only line on stdout is the file of the anchor."""
    setup.ensure_ready()
    typer.echo(anchor_audit.anchor(verify_audit.kept_here(), at=SystemClock().now()))


@app.command()
def key() -> None:
    """Print the public key of the anchors: 64 hex digits, no secret."""
    setup.ensure_ready()
    typer.echo(verify_audit.public_key())


@app.command()
def export(
    case_id: Annotated[str, typer.Argument(help="the case")],
    out: Annotated[Path, typer.Option(help="folder that the files are written to; made if it is not there")],
    purpose: Annotated[str, typer.Option(help="what it is for, by policies/reveals.toml: LEGAL, COMPLAINT …")],
    reason: Annotated[str, typer.Option(help="why, in words; no name, no number")] = "",
    with_identity: Annotated[bool, typer.Option(help="names, numbers and addresses in plain words")] = False,
    language: Annotated[str, typer.Option(help="of the PDF: " + " or ".join(papers.LANGUAGES))] = "zh-hans",
    verify_trail: Annotated[
        bool, typer.Option(help="verify the whole trail first, and say in it what came of it")
    ] = True,
) -> None:
    """Put together the evidence of one case: evidence.json, its signature in manifest.json, and evidence.pdf."""
    setup.ensure_ready()
    if language not in papers.LANGUAGES:
        raise typer.BadParameter(f"{language} is none of {', '.join(papers.LANGUAGES)}", param_hint="--language")
    verified = verify_audit.verify(verify_audit.kept_here(), judge=judge_beside(0)) if verify_trail else None
    pack = evidence.export(
        case_id=case_id,
        purpose=purpose,
        reason=reason,
        with_identity=with_identity,
        verified=verified,
        at=wired.here().now(),
        actor=setup.ACTOR,
    )
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = evidence_files.files(pack, language=language)
    for name, content in made.items():
        (out / name).touch(mode=0o600)
        (out / name).write_bytes(content)
        typer.echo(out / name)
    if evidence_files.PAPER not in made:
        typer.echo(f"arrears: {papers.NoPrinter()}", err=True)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="folder with evidence.json, manifest.json and perhaps evidence.pdf")],
    public_key: Annotated[str, typer.Option(help="of the house that made it; default: this home's own")] = "",
) -> None:
    """Tell whether evidence is what was signed; ends with 1 and says what is not, when it is not."""
    setup.ensure_ready()
    document, manifest = (_read(folder / name) for name in (evidence_files.DOCUMENT, evidence_files.MANIFEST))
    paper = _read(folder / evidence_files.PAPER) if (folder / evidence_files.PAPER).exists() else None
    said = evidence.checked(document, manifest, paper=paper, public_key=public_key)
    looked_at = "" if paper is not None else f"; {evidence_files.PAPER} is not here and was not checked"
    typer.echo(f"stands as signed: case {said['case_id']}, made {said['made_at']}{looked_at}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise typer.BadParameter(f"{file}: {fault.strerror}") from None


def told(finding: Finding) -> str:
    """A finding as a line."""
    if finding.kind.startswith("ANCHOR"):
        where = f"anchor {finding.seq}"
    elif finding.kind in {"NO_GUARD", "NO_TRAIL"}:
        where = "all tables of the trail"
    elif finding.lane is None:
        where = f"event {finding.event_id}"
    else:
        where = f"lane {finding.lane}" + (f", place {finding.seq}" if finding.seq else "")
        where += f", event {finding.event_id}" if finding.event_id else ""
    with translation.override("en"):
        return f"{finding.kind:14} {where}: {audit_words.finding(finding.kind)}"


def _begun() -> None:
    """In each process: no collection of garbage looks through what it took over, for that would copy all of it."""
    setup.django_ready()
    gc.freeze()


def judge_beside(jobs: int) -> verify_audit.Judge:
    """Judges in so many processes; 0 = as many as cores, and what is judged sooner than they start is judged here."""
    count = jobs or os.cpu_count() or 1

    def judge(stretches: Iterable[Stretch], secret: bytes) -> Iterator[Judged]:
        todo = list(stretches)
        few = not jobs and sum(one.last - one.first + 1 for one in todo) < BESIDE_FROM
        if few or min(count, len(todo)) <= 1:
            yield from verify_audit.judge_here(todo, secret)
            return
        context = multiprocessing.get_context(START)
        piece = min(-(-len(todo) // (PIECES_EACH * count)), PIECE_MOST)
        pieces = [todo[at : at + piece] for at in range(0, len(todo), piece)]
        connections.close_all()  # none may be used on both sides of a fork
        with ProcessPoolExecutor(count, mp_context=context, initializer=_begun) as pool:
            for judged in pool.map(partial(verify_audit.judge_here, secret=secret), pieces):
                yield from judged

    return judge
