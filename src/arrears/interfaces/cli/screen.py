"""`arrears screen --in utterances.jsonl --out findings.jsonl`: may these things be said, to whom they are said to?

Stateless: each line brings the facts of its case (docs/words.md). One output line for each input line, in order; what
cannot be read or says nothing is refused by its line and does not pass. With `--judge`, or where a judge is set, it is
asked about what the rules let through: a text that it has no answer for is held; a conversation, which was said
already, is noted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from arrears.interfaces.cli import line_runner, own_policies, screen_lines, setup, spread
from arrears.interfaces.cli.screen_lines import Judge
from arrears.kernel.errors import InvalidInput


class NoJudge(InvalidInput):
    code = "no_judge"
    message = "There is no judge to ask: set ARREARS_JUDGE_URL and ARREARS_JUDGE_MODEL"


def command(
    utterances: Annotated[Path, typer.Option("--in", help="what is to be said, to whom, with the facts, .jsonl")],
    findings: Annotated[Path, typer.Option("--out", help="findings, .jsonl")],
    ask: Annotated[
        bool | None, typer.Option("--judge/--no-judge", help="ask a language model too (ARREARS_JUDGE_URL)")
    ] = None,
) -> None:
    """Judge utterances: label, severity, places, rule and what to say instead."""
    judge = _judge() if (bool(os.environ.get("ARREARS_JUDGE_URL")) if ask is None else ask) else None
    line_runner.run(utterances, findings, lambda lines: _answered(lines, own_policies.folder(), judge))


def _judge() -> Judge:
    """The judge that the settings name; raises NoJudge."""
    judge: Judge | None = setup.load("arrears.actions.wired").here().gate.judge
    if judge is None:
        raise NoJudge
    return judge


def _answered(lines: Iterator[bytes], policies: Path, judge: Judge | None) -> line_runner.Rows:
    """The judge waits for answers from afar and needs no core of its own."""
    if judge is not None:
        return screen_lines.answers(lines, policies, judge)
    return spread.over_cores(lines, partial(screen_lines.answers, policies=policies))
