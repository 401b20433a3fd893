"""A notice reaches a partner signed, once; a partner that is down is tried again, and given up in the end."""

from __future__ import annotations

import hashlib
import hmac
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from arrears.actions import webhook_deliver
from arrears.channels.webhook_http import adapter
from arrears.records.webhooks import operations, queries

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAID = operations.Notice("payment.taken", "P1", {"payment_id": "P1", "amount_minor": 12_300})


class Partner:
    """An HTTP server of the partner's, which keeps what it was sent and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                partner.heard.append((dict(self.headers), body))
                self.send_response(partner.status)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/arrears"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def partner():
    made = Partner()
    yield made
    made.close()


def register(url: str, kinds: tuple[str, ...] = ()) -> operations.Registered:
    return operations.register(url=url, kinds=kinds, at=AT, actor="user:1")


def deliver(at: datetime) -> int:
    return webhook_deliver.deliver_due(at=at, private_addresses=True)


@pytest.mark.django_db
class TestDelivery:
    def test_the_partner_can_prove_who_wrote(self, partner):
        registered = register(partner.url)
        operations.announce([PAID], at=AT)
        assert deliver(AT) == 1
        headers, body = partner.heard[0]
        stamp, _, given = headers["Arrears-Signature"].partition(",v1=")
        expected = hmac.new(registered.secret.encode(), stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(expected, given)
        assert b'"amount_minor": 12300' in body

    def test_it_is_told_once(self, partner):
        register(partner.url)
        operations.announce([PAID], at=AT)
        operations.announce([PAID], at=AT)
        assert deliver(AT) == 1
        assert deliver(AT + timedelta(days=1)) == 0
        assert len(partner.heard) == 1

    def test_only_the_kinds_asked_for_are_told(self, partner):
        register(partner.url, kinds=("case.closed",))
        operations.announce([PAID], at=AT)
        assert deliver(AT) == 0

    def test_a_partner_that_is_down_is_tried_again_later(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        partner.status = 503
        assert deliver(AT) == 1
        assert deliver(AT + operations.WAITS[0] - timedelta(seconds=1)) == 0
        partner.status = 200
        assert deliver(AT + operations.WAITS[0]) == 1
        assert [row.status for row in queries.deliveries(endpoint.endpoint_id)] == ["DELIVERED"]

    def test_it_is_given_up_in_the_end_and_shown(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        partner.status = 500
        at = AT
        for wait in (*operations.WAITS, timedelta()):
            assert deliver(at) == 1
            at += wait
        assert deliver(at + timedelta(days=30)) == 0
        assert queries.deliveries(endpoint.endpoint_id)[0].status == "GIVEN_UP"
        assert queries.endpoints()[0].given_up == 1

    def test_a_worker_that_died_lets_go_after_its_lease(self, partner):
        register(partner.url)
        operations.announce([PAID], at=AT)
        assert len(operations.lease(at=AT, limit=10)) == 1
        assert deliver(AT + operations.LEASE - timedelta(seconds=1)) == 0
        assert deliver(AT + operations.LEASE) == 1

    def test_a_removed_endpoint_is_told_nothing_more(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")
        assert deliver(AT) == 0


@pytest.mark.django_db
class TestRegistering:
    @pytest.mark.parametrize("url", ["ftp://a.example/x", "notaurl", "http://", "https://user@a.example/"])
    def test_refuses_an_address_it_cannot_post_to(self, url):
        with pytest.raises(operations.UnableToRegisterEndpoint):
            register(url)

    def test_refuses_a_kind_that_does_not_exist(self):
        with pytest.raises(operations.UnableToRegisterEndpoint):
            register("https://a.example/", kinds=("case.exploded",))

    def test_removing_twice_is_refused(self):
        endpoint = register("https://a.example/")
        operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")
        with pytest.raises(operations.UnableToRemoveEndpoint):
            operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")


class TestPrivateAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1", "localhost"])
    def test_are_not_public(self, host):
        assert not adapter.is_public(host)

    def test_are_refused_without_a_word_to_them(self, partner):
        answer = adapter.post(partner.url, {}, secret="s", delivery_id="d", at=AT)
        assert not answer.delivered
        assert partner.heard == []
