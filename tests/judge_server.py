"""A model that answers as a test tells it, behind a real OpenAI-compatible address on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What a model was asked: its headers and body.
Asked = tuple[dict[str, str], dict[str, Any]]
#: What it says: the data it was given → the content of its message, or the raw body, or a time to be silent for.
Says = Callable[[dict[str, Any]], Any]


class Model:
    """One server; `says` is asked for each question, `asked` remembers them all."""

    def __init__(self, says: Says) -> None:
        self.says, self.asked = says, list[Asked]()
        self.silence = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append((dict(self.headers), {"path": self.path, **body}))
                said = model.says(json.loads(body["messages"][1]["content"]))
                if isinstance(said, float):
                    model.silence.wait(said)
                    return
                content = said if isinstance(said, bytes) else reply(said)
                self.send_response(500 if content == b"500" else 200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    @property
    def texts(self) -> list[str]:
        return [json.loads(body["messages"][1]["content"])["text"] for _, body in self.asked]


def reply(content: str) -> bytes:
    """A whole answer of `POST /chat/completions` around the content of its message."""
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def label(code: str, quote: str = "") -> Says:
    """A model that always finds the same."""
    return lambda data: json.dumps({"of": data["of"], "label": code, "quote": quote})


@contextmanager
def model(says: Says) -> Iterator[Model]:
    """A model that lives as long as the block."""
    one = Model(says)
    thread = threading.Thread(target=one.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        one.silence.set()
        one.server.shutdown()
        one.server.server_close()
        thread.join()
