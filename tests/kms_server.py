"""A key management service that speaks the transit API on this machine, over TLS with a certificate of its own.

It keeps its keys, versions them, and seals by real AES-GCM: what another key wrapped, or somebody altered, it refuses.
"""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

TOKEN = "hvs.test-token"


class Kms:
    """keys : name → its versions, the newest last; asked : (verb, key) of every request; mood : what it says instead

    lost   : keys by which it seals what it cannot open any more
    """

    def __init__(self) -> None:
        self.keys: dict[str, list[bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.mood: int | bytes | None = None
        self.lost: dict[str, bytes] = {}
        self.base, self.authority = "", Path()

    def make(self, name: str) -> None:
        """A key, or one more version of it."""
        self.keys.setdefault(name, []).append(os.urandom(32))

    def answer(self, path: str, token: str | None, body: dict[str, str]) -> tuple[int, Any]:
        _, _, mount, verb, name = path.split("/")
        self.asked.append((verb, name))
        if token != TOKEN or mount != "transit":
            return 403, {"errors": ["permission denied"]}
        if name not in self.keys:
            return 400, {"errors": ["encryption key not found"]}
        if verb == "encrypt":
            nonce = os.urandom(12)
            sealed = AESGCM(self.lost.get(name, self.keys[name][-1])).encrypt(
                nonce, base64.b64decode(body["plaintext"]), None
            )
            told = base64.b64encode(nonce + sealed).decode()
            return 200, {"data": {"ciphertext": f"vault:v{len(self.keys[name])}:{told}"}}
        _, version, told = body["ciphertext"].split(":")
        raw = base64.b64decode(told)
        try:
            plain = AESGCM(self.keys[name][int(version[1:]) - 1]).decrypt(raw[:12], raw[12:], None)
        except InvalidTag:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


@contextmanager
def kms(folder: Path) -> Iterator[Kms]:
    """A service that lives as long as the block; its certificate authority is a file in the folder."""
    one = Kms()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = one.answer(self.path, self.headers.get("X-Vault-Token"), body)
            if isinstance(one.mood, int):
                status = one.mood
            content = one.mood if isinstance(one.mood, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.authority = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(one.authority, folder / "kms.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    one.base = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kms of a test")])
    begins = dt.datetime(2020, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "kms.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    (folder / "kms.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "kms.crt"
