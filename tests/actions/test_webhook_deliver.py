"""A notice reaches a partner signed, once; a partner that is down is tried again, and given up in the end."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from arrears.actions import webhook_deliver, webhook_register
from arrears.channels.webhook_http import adapter, address
from arrears.records.webhooks import addresses, operations, queries
from arrears.records.webhooks.models import Endpoint

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAID = operations.Notice("payment.taken", "P1", {"payment_id": "P1", "amount_minor": 12_300})


class Partner:
    """An HTTP server of the partner's, which keeps what it was sent and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.drip = threading.Event()
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                partner.heard.append((dict(self.headers), body))
                if partner.drip.is_set():
                    self._drip()
                    return
                self.send_response(partner.status)
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
                self.end_headers()

            def _drip(self) -> None:
                """A byte at a time, each well within any time-out of a single read."""
                while partner.drip.is_set():
                    try:
                        self.wfile.write(b"H")
                        self.wfile.flush()
                    except OSError:
                        return
                    time.sleep(0.05)

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/arrears"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.drip.clear()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def partner():
    made = Partner()
    yield made
    made.close()


def register(url: str, kinds: tuple[str, ...] = ()) -> operations.Registered:
    return webhook_register.register_webhook(url=url, kinds=kinds, at=AT, actor="user:1")


def deliver(at: datetime) -> int:
    return webhook_deliver.deliver_due(now=lambda: at, private_addresses=True)


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

    def test_a_redirect_is_not_followed_and_counts_as_not_delivered(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        partner.status = 307
        assert deliver(AT) == 1
        assert len(partner.heard) == 1
        assert queries.deliveries(endpoint.endpoint_id)[0].last_answer == "HTTP 307"

    def test_one_that_answers_a_byte_at_a_time_is_cut_off_within_the_lease(self, partner, monkeypatch):
        monkeypatch.setattr(adapter, "DEADLINE_SECONDS", 0.5)
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        partner.drip.set()
        begun = time.perf_counter()
        assert deliver(AT) == 1
        assert time.perf_counter() - begun < 5
        assert queries.deliveries(endpoint.endpoint_id)[0].last_answer == "too slow"

    def test_no_other_worker_tries_a_notice_whose_partner_takes_all_the_time_there_is(self, partner):
        register(partner.url)
        operations.announce([PAID], at=AT)
        operations.lease(at=AT, limit=1)
        assert deliver(AT + timedelta(seconds=adapter.DEADLINE_SECONDS)) == 0

    def test_a_late_worker_does_not_undo_what_the_next_one_settled(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        [late] = operations.lease(at=AT, limit=1)
        assert deliver(AT + operations.LEASE) == 1
        operations.settle(late.delivery_id, delivered=False, answer="late", tries=late.tries, at=AT + operations.LEASE)
        assert queries.deliveries(endpoint.endpoint_id)[0].status == "DELIVERED"

    def test_an_endpoint_that_fails_does_not_hold_up_the_others(self, partner):
        register("http://127.0.0.1:9/")
        register(partner.url)
        operations.announce([operations.Notice("payment.taken", f"P{n}", {}) for n in range(5)], at=AT)
        assert deliver(AT) == 1 + 5
        assert len(partner.heard) == 5

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("http://" + "a" * 64 + ".example/", "refused: the address is not valid"),
            ("http://[::1/", "refused: the address is not valid"),
            ("http://1.1.1.1/", "refused: the address is not encrypted"),
            ("http://127.0.0.1:99999/", "refused: the address is not valid"),
            ("http://127.0.0.1:9/", "ConnectError"),
        ],
    )
    def test_an_address_that_cannot_be_is_an_answer_and_ends_nobody(self, url, said):
        """Such rows may stand in the books from before, or from elsewhere."""
        endpoint = register("https://a.example/")
        Endpoint.objects.update(url_sealed=addresses.sealed(endpoint.endpoint_id, url))
        operations.announce([PAID], at=AT)
        assert deliver(AT) == 1
        assert queries.deliveries(endpoint.endpoint_id)[0].last_answer == said

    @pytest.mark.parametrize("column", ["secret_sealed", "url_sealed"])
    def test_a_secret_that_cannot_be_opened_is_an_answer_too(self, partner, column):
        endpoint = register(partner.url)
        Endpoint.objects.update(**{column: b"torn"})
        operations.announce([PAID], at=AT)
        assert deliver(AT) == 1
        assert queries.deliveries(endpoint.endpoint_id)[0].last_answer == "the secret or the address cannot be opened"
        assert partner.heard == []

    def test_one_that_was_given_up_is_sent_again_by_hand_under_its_own_name(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        partner.status = 500
        at = AT
        for wait in (*operations.WAITS, timedelta()):
            deliver(at)
            at += wait
        partner.status = 200
        delivery_id = queries.deliveries(endpoint.endpoint_id)[0].delivery_id
        operations.redeliver(endpoint_id=endpoint.endpoint_id, delivery_id=delivery_id, at=at, actor="user:1")
        assert deliver(at) == 1
        assert queries.deliveries(endpoint.endpoint_id)[0].status == "DELIVERED"
        assert {headers["Arrears-Delivery"] for headers, _ in partner.heard} == {delivery_id}

    def test_a_removed_endpoint_is_told_nothing_more(self, partner):
        endpoint = register(partner.url)
        operations.announce([PAID], at=AT)
        operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")
        assert deliver(AT) == 0


@pytest.mark.django_db
class TestRegistering:
    @pytest.mark.parametrize(
        "url",
        [
            "ftp://a.example/x",
            "notaurl",
            "http://",
            "https://user@a.example/",
            "https://" + "a" * 64 + ".example/",
            "https://a.example:0/",
            "https://a..example/",
            "https://a.example:99999/",
            "https://a.example/" + "x" * 400,
            "https://[::1/",
            "https://a.example/\x00",
        ],
    )
    def test_refuses_an_address_it_cannot_post_to(self, url):
        with pytest.raises(address.WrongAddress):
            register(url)

    def test_refuses_a_kind_that_does_not_exist(self):
        with pytest.raises(operations.UnknownKind):
            register("https://a.example/", kinds=("case.exploded",))

    def test_removing_twice_is_refused(self):
        endpoint = register("https://a.example/")
        operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")
        with pytest.raises(operations.NoSuchEndpoint):
            operations.remove(endpoint_id=endpoint.endpoint_id, at=AT, actor="user:1")


class TestPrivateAddresses:
    @pytest.mark.parametrize(
        "host",
        [
            *("127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
            *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.8"),
            *("64:ff9b::7f00:1", "64:ff9b::a00:8", "2002:7f00:1::1"),
        ],
    )
    def test_are_not_public(self, host):
        assert not address.is_public(host)

    @pytest.mark.parametrize("host", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
    def test_public_ones_are(self, host):
        assert address.is_public(host)

    @pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:a00:8]"])
    def test_are_refused_in_whatever_spelling(self, host):
        with pytest.raises(address.PrivateAddress):
            address.must_be_welcome(f"http://{host}/hook", private_addresses=False)
        address.must_be_welcome(f"http://{host}/hook", private_addresses=True)

    @pytest.mark.parametrize("host", ["1.1.1.1", "[2606:4700:4700::1111]", "1.1.1.1:8080"])
    @pytest.mark.parametrize("private", [False, True])
    def test_the_public_network_is_crossed_encrypted_alone(self, host, private):
        address.must_be_welcome(f"https://{host}/hook", private_addresses=private)
        with pytest.raises(address.PlainAddress):
            address.must_be_welcome(f"http://{host}/hook", private_addresses=private)

    def test_a_name_that_moves_after_it_was_judged_is_not_followed(self, partner, monkeypatch):
        """The name server says one thing when asked first and another when asked again (DNS rebinding)."""
        real, asked = socket.getaddrinfo, []

        def rebinding(host, *words, **more):
            if host != "moves.example":
                return real(host, *words, **more)
            asked.append(host)
            return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *words, **more)

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        url = partner.url.replace("127.0.0.1", "moves.example")
        answer = adapter.post(url, {}, secret="s", delivery_id="d", at=AT, private_addresses=True)
        assert (answer.delivered, asked) == (True, ["moves.example"])
        [(headers, _)] = partner.heard
        assert headers["Host"] == url.split("/")[2]

    def test_are_refused_without_a_word_to_them(self, partner):
        answer = adapter.post(partner.url, {}, secret="s", delivery_id="d", at=AT)
        assert not answer.delivered
        assert partner.heard == []
