"""Which module speaks which kind of channel, imported only when that channel is first opened.

Called by the wiring. Adding a channel is a folder, a line here and a line in the contract suite.
"""

from __future__ import annotations

import importlib

from arrears.channels import base, dialling
from arrears.kernel.errors import Refusal

#: kind → module with `open_channel(**settings) -> base.Channel`.
ADAPTERS: dict[str, str] = {
    "sandbox": "arrears.channels.sandbox.adapter",
    "sms_smpp": "arrears.channels.sms_smpp.adapter",
}


#: kind → module with `open_dialler(**settings) -> dialling.Dialler`.
DIALLERS: dict[str, str] = {
    "sandbox": "arrears.channels.sandbox.dialler",
    "http": "arrears.channels.dialler_http.adapter",
}


class UnknownChannel(Refusal):
    """No adapter speaks this kind."""

    code = "unknown_channel"
    message = "There is no channel of kind {kind}."


def open_channel(kind: str, **settings: object) -> base.Channel:
    """Open a channel of a kind with its settings as plain values.

    settings : the keyword arguments of the adapter's `open_channel`; a wrong name is a TypeError
    raises   : UnknownChannel
    """
    if kind not in ADAPTERS:
        raise UnknownChannel(kind=kind)
    channel: base.Channel = importlib.import_module(ADAPTERS[kind]).open_channel(**settings)
    return channel


def open_dialler(kind: str, **settings: object) -> dialling.Dialler:
    """A switchboard of a kind; see `open_channel`."""
    if kind not in DIALLERS:
        raise UnknownChannel(kind=kind)
    dialler: dialling.Dialler = importlib.import_module(DIALLERS[kind]).open_dialler(**settings)
    return dialler
