"""A master key that is kept elsewhere: behind a real HTTPS server, and behind a real program."""

import os
import stat
import sys
from pathlib import Path

import pytest
from tests import kms_server

from arrears.channels.kms_command import adapter as command
from arrears.channels.kms_transit import adapter as transit
from arrears.kernel.masters import MasterAway, MasterRefused

SECRET = os.urandom(44)
PROGRAM = """
import base64, hashlib, hmac, sys, time
what, key = sys.argv[-2:]
data = base64.b64decode(sys.stdin.read())
pad = hashlib.shake_256(key.encode()).digest(len(data))
if key == "sleeps": time.sleep(30)
if key == "breaks": sys.exit(9)
if key == "babbles": print("no base64!"); sys.exit()
if what == "wrap":
    told = bytes(a ^ b for a, b in zip(data, pad))
    told += hmac.digest(key.encode(), told, "sha256")
else:
    body, mark = data[:-32], data[-32:]
    if hmac.digest(key.encode(), body, "sha256") != mark: sys.exit(3)
    told = bytes(a ^ b for a, b in zip(body, pad))
print(base64.b64encode(told).decode())
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with kms_server.kms(tmp_path_factory.mktemp("kms")) as one:
        one.make("arrears")
        one.make("other")
        yield one


@pytest.fixture(autouse=True)
def _good_mood(service):
    service.mood = None


def master(service, **changes):
    chosen = {"base": service.base, "key": "arrears", "token": kms_server.TOKEN, "mount": "transit"}
    return transit.open_master(**(chosen | {"authority": str(service.authority), "timeout": 5.0} | changes))


class TestTransit:
    def test_it_opens_what_it_wrapped(self, service):
        wrapped = master(service).wrap(SECRET)

        assert wrapped.startswith(b"vault:v1:")
        assert master(service).unwrap(wrapped) == SECRET
        assert master(service).name == "transit:arrears"

    def test_it_opens_what_an_older_version_of_its_key_wrapped(self, service):
        wrapped = master(service).wrap(SECRET)
        service.make("arrears")

        assert master(service).unwrap(wrapped) == SECRET

    def test_what_another_key_wrapped_is_refused(self, service):
        with pytest.raises(MasterRefused, match="transit:arrears does not open"):
            master(service).unwrap(master(service, key="other").wrap(SECRET))

    @pytest.mark.parametrize(
        ("mood", "why"),
        [(503, "HTTP 503"), (302, "HTTP 302"), (b"<html>", "JSONDecodeError"), (b"[]", "no ciphertext")],
    )
    def test_a_service_out_of_order_is_away(self, service, mood, why):
        service.mood = mood
        with pytest.raises(MasterAway, match=why):
            master(service).wrap(SECRET)

    def test_a_service_that_floods_is_away(self, service):
        service.mood = b'"' + b"x" * 100_000 + b'"'
        with pytest.raises(MasterAway, match="too long"):
            master(service).wrap(SECRET)

    def test_a_token_that_is_not_let_in_is_told_and_never_shown(self, service):
        one = master(service, token="hvs.stolen")
        with pytest.raises(MasterAway, match="HTTP 403") as refused:
            one.wrap(SECRET)
        assert "stolen" not in f"{refused.value} {one!r}"

    def test_a_certificate_of_nobody_we_trust_is_away(self, service):
        with pytest.raises(MasterAway, match="ConnectError"):
            master(service, authority="").wrap(SECRET)

    def test_nobody_at_home_is_away(self, service):
        with pytest.raises(MasterAway, match="ConnectError"):
            master(service, base="https://127.0.0.1:9").wrap(SECRET)

    def test_a_file_without_certificates_is_told(self, service, tmp_path):
        empty = tmp_path / "empty.crt"
        empty.write_text("nothing")
        with pytest.raises(MasterAway, match="holds no certificates"):
            master(service, authority=str(empty)).wrap(SECRET)


class TestCommand:
    @pytest.fixture
    def program(self, tmp_path: Path) -> Path:
        path = tmp_path / "kms.py"
        path.write_text(PROGRAM)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def master(self, program, key="arrears", timeout=20.0):
        return command.open_master(words=[sys.executable, str(program)], key=key, timeout=timeout)

    def test_it_opens_what_it_wrapped(self, program):
        wrapped = self.master(program).wrap(SECRET)

        assert SECRET not in wrapped
        assert self.master(program).unwrap(wrapped) == SECRET

    def test_what_another_key_wrapped_is_refused(self, program):
        with pytest.raises(MasterRefused, match="command:arrears"):
            self.master(program).unwrap(self.master(program, key="other").wrap(SECRET))

    @pytest.mark.parametrize(("key", "why"), [("breaks", "ended with 9"), ("babbles", "no base64")])
    def test_a_program_out_of_order_is_away(self, program, key, why):
        with pytest.raises(MasterAway, match=why):
            self.master(program, key=key).wrap(SECRET)

    def test_a_program_that_never_answers_is_away(self, program):
        with pytest.raises(MasterAway, match="too slow"):
            self.master(program, key="sleeps", timeout=1.0).wrap(SECRET)

    def test_no_program_is_away(self):
        with pytest.raises(MasterAway, match="No such file"):
            command.open_master(words=["/nowhere/kms"], key="k", timeout=5.0).wrap(SECRET)
