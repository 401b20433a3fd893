"""How many messages a second go through SMPP, counted when their receipts are heard and confirmed.

Called by `arrears bench smpp`. The other side is the message centre of the tests (a package of npm, in a process of its
own, over loopback); it is asked afterwards whether each message arrived exactly once.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import arrears
from arrears.channels import base, registry
from arrears.interfaces.cli.benches import rows
from arrears.kernel import clock
from arrears.kernel.errors import Refusal

MESSAGES = 5_000
WINDOW = 50
GOAL = 1_500
PEER = Path(arrears.__file__).resolve().parents[2] / "tests" / "peers" / "smsc.py"
PATIENCE_SECONDS = 120
TEXT = "【示例金融】您好，您的账单将于明日到期，请按时还款。如已还款请忽略。退订回T"


class NoPeer(Refusal):
    """There is nothing to measure against."""

    code = "no_smpp_peer"
    message = "SMPP cannot be measured here: {why}."


class Incomplete(Refusal):
    """The measurement is void: messages were lost, doubled or not reported."""

    code = "smpp_incomplete"
    message = "Of {sent} messages {accepted} were accepted, {reported} reported and {arrived} arrived once."


class Peer:
    """The message centre's process: orders in, answers out, one JSON line each."""

    def __init__(self) -> None:
        if not PEER.is_file():
            raise NoPeer(why="the message centre of the tests is not here; run from a checkout")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, str(PEER)], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self._process.stdin, "piped"
        assert self._process.stdout, "piped"
        assert self._process.stderr, "piped"
        self._orders, self._answers = self._process.stdin, self._process.stdout
        first = self._answers.readline()
        if not first:
            _, why = self._process.communicate()
            raise NoPeer(why=why.strip() or "the message centre did not start")
        self.port = int(json.loads(first)["port"])

    def arrivals(self) -> dict[str, int]:
        """Number and text → how often it arrived."""
        self._orders.write('{"do": "arrivals"}\n')
        self._orders.flush()
        counted: dict[str, int] = json.loads(self._answers.readline())
        return counted

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextlib.contextmanager
def _bound(folder: Path) -> Iterator[tuple[base.Channel, Peer]]:
    peer = Peer()
    try:
        channel = registry.open_channel(
            "sms_smpp",
            host="127.0.0.1",
            port=peer.port,
            system_id="bench",
            password="secret",  # noqa: S106 (the test peer's own)
            journal=folder / "smpp.sqlite",
            window=WINDOW,
        )
        try:
            yield channel, peer
        finally:
            channel.close()
    finally:
        peer.close()


def _batch(run: int) -> list[base.Outgoing]:
    numbers = range(run * MESSAGES, (run + 1) * MESSAGES)
    return [base.Outgoing(f"bench-{number}", f"+86139{number:08}", TEXT, "zh-Hans", "10690000") for number in numbers]


def _seconds(channel: base.Channel, run: int) -> float:
    """Wall seconds from the first submit to the last confirmed receipt."""
    batch = _batch(run)
    at = clock.SystemClock().now()
    began = time.perf_counter()
    results = channel.send(batch, at=at)
    accepted = sum(isinstance(one, base.Accepted) for one in results)
    reported = 0
    while reported < accepted and time.perf_counter() - began < PATIENCE_SECONDS:
        heard = channel.receipts(at=at)
        channel.confirm(heard)
        reported += len(heard)
        if not heard:
            time.sleep(0.002)
    seconds = time.perf_counter() - began
    if not len(batch) == accepted == reported:
        raise Incomplete(sent=len(batch), accepted=accepted, reported=reported, arrived="an unknown number")
    return seconds


def measure(name: str, folder: Path, runs: int) -> list[rows.Row]:
    """The median over the runs, after one to warm up; void unless every message arrived exactly once."""
    with _bound(folder) as (channel, peer):
        taken = [_seconds(channel, run) for run in range(runs + 1)][1:]
        arrived = sum(count == 1 for count in peer.arrivals().values())
    sent = MESSAGES * (runs + 1)
    if arrived != sent:
        raise Incomplete(sent=sent, accepted=sent, reported=sent, arrived=arrived)
    rate = MESSAGES / statistics.median(taken)
    size = f"{MESSAGES:,} texts, window {WINDOW}"
    return [rows.at_least(name, size, "with-receipts", rate, "messages/s", GOAL)]
