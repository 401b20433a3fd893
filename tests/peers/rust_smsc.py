"""A second message centre that nobody here wrote: the Rust server of the `smpp34` package, in a thread of the test.

It needs no Node, so SMPP is tried even where the first peer cannot be had; and what two strangers both understand is
probably what the standard says. This module only decides how it answers.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

import smpp34

HEADER_LENGTH = 6
UDHI = 0x40
UCS2 = 8


@dataclass
class RustSmsc:
    """One running message centre. `statuses` are the answers to the next submits; then all are taken."""

    statuses: list[int] = field(default_factory=list)
    texts: dict[tuple[str, str], int] = field(default_factory=dict)
    shorts: int = 0

    def __post_init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._pieces: dict[tuple[str, int], dict[int, bytes]] = {}
        self._esmes: dict[str, Any] = {}
        self._reporting: set[asyncio.Future[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the message centre did not start"

    async def _serve(self) -> None:
        server = smpp34.Server(host="127.0.0.1", port=self.port, system_id="rust")
        await server.start()
        self._stop = asyncio.Event()
        self._ready.set()
        serving = asyncio.ensure_future(self._events(server))
        await self._stop.wait()
        serving.cancel()
        await server.stop()

    async def _events(self, server: Any) -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self._esmes[event.session_id] = event
            elif isinstance(event, smpp34.SubmitSmEvent):
                self._submitted(event)

    def _submitted(self, event: Any) -> None:
        if self.statuses:
            event.reject(self.statuses.pop(0))
            return
        self.shorts += 1
        message_id = f"r{self.shorts:06}"
        self._take(event.destination_addr, event.esm_class, event.data_coding, bytes(event.short_message))
        event.accept(message_id=message_id)
        line = f"id:{message_id} sub:001 dlvrd:001 done date:2611231001 stat:DELIVRD err:000 text:"
        reporting = asyncio.ensure_future(
            self._esmes[event.session_id].deliver_sm(
                source_addr=event.destination_addr,
                destination_addr=event.source_addr,
                esm_class=4,
                short_message=line.encode(),
            )
        )
        self._reporting.add(reporting)
        reporting.add_done_callback(self._reporting.discard)

    def _take(self, to: str, esm_class: int, coding: int, body: bytes) -> None:
        whole = body
        if esm_class & UDHI:
            reference, count, number = body[3:HEADER_LENGTH]
            pieces = self._pieces.setdefault((to, reference), {})
            pieces[number] = body[HEADER_LENGTH:]
            if len(pieces) < count:
                return
            whole = b"".join(part for _, part in sorted(self._pieces.pop((to, reference)).items()))
        text = whole.decode("utf-16-be" if coding == UCS2 else "ascii")
        self.texts[to, text] = self.texts.get((to, text), 0) + 1

    def write(self, **fields: object) -> None:
        """A person writes in."""

        async def deliver() -> None:
            for esme in self._esmes.values():
                await esme.deliver_sm(**fields)

        asyncio.run_coroutine_threadsafe(deliver(), self._loop).result(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()
