"""A sender in a process of its own: several threads that send what is due, and ways to die at a chosen point.

Run by `test_contact_fire` as `python -m tests.actions.sending_child FOLDER THREADS DEATH`; DEATH is `none`,
`before_vendor` (killed -9 with the intent committed and nothing said) or `after_vendor` (killed -9 with the message
said and nothing recorded).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.config.settings"
django.setup()

from django.db import connections  # noqa: E402
from tests import cast, gatehouse  # noqa: E402

from arrears.actions import contact_send  # noqa: E402
from arrears.channels import base  # noqa: E402
from arrears.channels.base import Outgoing, Result  # noqa: E402
from arrears.channels.sandbox import adapter  # noqa: E402


class Dying(adapter.Sandbox):
    """A sandbox whose process is killed while it speaks."""

    death = "none"

    def send(self, batch: Sequence[Outgoing], *, at: datetime, leave: base.Leave = base.free_leave) -> Sequence[Result]:
        if self.death == "before_vendor":
            os.kill(os.getpid(), signal.SIGKILL)
        results = super().send(batch, at=at, leave=leave)
        if self.death == "after_vendor":
            os.kill(os.getpid(), signal.SIGKILL)
        return results


def send_until_nothing_is_due(channel: adapter.Sandbox, worker: str) -> None:
    """Ask again and again, as a worker does, until two looks in a row find nothing to do."""
    gate, idle = gatehouse.shipped_gate(), 0
    while idle < 2:
        report = contact_send.send_due(at=cast.NOW, limit=5, channels={"SMS": channel}, worker=worker, gate=gate)
        idle = idle + 1 if not (report.sent or report.held) else 0
    connections.close_all()


def main(folder: str, threads: int, death: str) -> None:
    channel = adapter.open_channel(folder=Path(folder), trusting=True)
    channel.__class__ = Dying
    channel.death = death  # type: ignore[attr-defined]
    senders = [
        threading.Thread(target=send_until_nothing_is_due, args=(channel, f"w{os.getpid()}-{number}"))
        for number in range(threads)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
