"""From where does this request come? The caller's own address, also behind proxies of ours.

What a caller says of itself in X-Forwarded-For is believed only when it was handed on by a proxy of TRUSTED_PROXIES:
the nearest address in the chain that is none of ours.
"""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def of(request: HttpRequest) -> str:
    """The address in its plain form; blank when there is none, as on a socket file."""
    known = parsed(request.META.get("REMOTE_ADDR", ""))
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while known is not None and chain and any(known in network for network in settings.TRUSTED_PROXIES):
        told = parsed(chain.pop())
        if told is None:
            break
        known = told
    return "" if known is None else str(known)


def parsed(text: str) -> Address | None:
    """An address; an IPv4 one written the IPv6 way is the IPv4 one. None for anything else."""
    try:
        known = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return mapped or known
