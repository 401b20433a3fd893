"""What a browser is told by an installation with production settings: run as a module, it prints JSON."""

from __future__ import annotations

import json
import os
import sys
from http.cookies import Morsel

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "arrears.config.settings"
django.setup()

from django.test import Client  # noqa: E402
from tests import cast  # noqa: E402

from arrears.interfaces.cli import setup  # noqa: E402


def main() -> dict[str, object]:
    setup.ensure_ready(static=True)
    cast.supervisor()
    plain = Client(headers={"host": "books.example"}).get("/sign-in/")
    client = Client(headers={"host": "books.example"})
    page = client.get("/sign-in/", secure=True)
    form = {"username": "supervisor", "password": "not-a-real-one"}
    signed_in = client.post("/sign-in/", form, secure=True)
    cookies = {name: _flags(cookie) for name, cookie in client.cookies.items()}
    return {
        "plain": [plain.status_code, plain.headers.get("Location", "")],
        "statuses": [page.status_code, signed_in.status_code],
        "headers": dict(page.headers),
        "cookies": cookies,
    }


def _flags(cookie: Morsel[str]) -> dict[str, object]:
    told = {name: cookie[name] for name in ("samesite", "path", "domain")}
    return told | {name: bool(cookie[name]) for name in ("secure", "httponly")}


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
