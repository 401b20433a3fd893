"""A switchboard over HTTP: what it is asked, and what each of its answers means for whether somebody was rung."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from arrears.channels import registry
from arrears.channels.base import Accepted, InDoubt, Rejected, Result
from arrears.channels.dialler_http.adapter import HttpDialler
from arrears.channels.dialling import Call

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CALL = Call(reference="r" * 32, agent="user:7", to="+8613800000001")


class Switchboard:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b'{"reference": "PBX-1"}')
        self.is_silent = False
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        board = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                board.asked.append((dict(self.headers), json.loads(body)))
                if board.is_silent:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, content = board.answer
                self.send_response(status)
                if status in (301, 307):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/calls"


@pytest.fixture
def board() -> Iterator[Switchboard]:
    one = Switchboard()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


def dial(board: Switchboard) -> Result:
    return registry.open_dialler("http", url=board.url, key="k-1").dial(CALL, at=AT)


def test_it_is_asked_for_the_number_under_an_opaque_reference(board):
    assert dial(board) == Accepted(CALL.reference, "PBX-1")
    [(headers, body)] = board.asked
    assert body == {"reference": CALL.reference, "agent": "user:7", "to": "+8613800000001"}
    assert headers["Authorization"] == "Bearer k-1"
    assert "+8613800000001" not in repr(CALL)
    assert "k-1" not in repr(HttpDialler(board.url, "k-1"))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"reference": ""}', b'{"reference": "\\u0000 \\ud800"}'])
def test_without_a_name_of_its_own_the_call_keeps_ours(board, content):
    board.answer = (202, content)
    assert dial(board) == Accepted(CALL.reference, CALL.reference)


def test_what_no_database_keeps_is_left_out_of_its_name(board):
    board.answer = (200, b'{"reference": "PBX\\u0000-\\ud8001\\u202e"}')
    assert dial(board) == Accepted(CALL.reference, "PBX-1")


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429])
def test_what_it_refuses_rang_nobody(board, status):
    board.answer = (status, b"no")
    assert isinstance(dial(board), Rejected)


@pytest.mark.parametrize("answer", [(500, b""), (503, b""), (307, b""), (200, b"<html>"), (200, b"x" * 5_000)])
def test_what_it_does_not_answer_properly_is_in_doubt_and_is_asked_once(board, answer):
    board.answer = answer
    assert isinstance(dial(board), InDoubt)
    assert len(board.asked) == 1


def test_a_line_that_breaks_after_it_was_asked_is_in_doubt(board):
    board.is_silent = True
    assert isinstance(dial(board), InDoubt)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "", "ftp://127.0.0.1/", "http://"])
def test_one_that_cannot_be_reached_rang_nobody(url):
    assert isinstance(HttpDialler(url).dial(CALL, at=AT), Rejected)


def test_the_sandbox_takes_every_call_and_keeps_no_number():
    answer = registry.open_dialler("sandbox").dial(CALL, at=AT)
    assert isinstance(answer, Accepted)
    assert "138" not in answer.vendor_ref


def test_there_is_no_other_kind():
    with pytest.raises(registry.UnknownChannel):
        registry.open_dialler("pigeon")
