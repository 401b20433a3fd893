"""Where may a notice go? Reads a partner's address, and finds the machines behind its name.

Asked when an address is registered and again at each delivery, which then connects to the very machine that was judged
here: a name that points elsewhere a moment later (DNS rebinding) is never followed. It opens no connection itself.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from arrears.kernel.errors import InvalidInput

SCHEMES = {"http": 80, "https": 443}
#: IPv6 that carries an IPv4 address within: judged by that one (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")
IP = IPv4Address | IPv6Address


class WrongAddress(InvalidInput):
    code = "webhook_address_wrong"
    message = "The address must be http(s), with a host that can be and no user name."


class PrivateAddress(InvalidInput):
    code = "webhook_address_private"
    message = "The address leads to this machine or a private network: {host}. ARREARS_WEBHOOKS_PRIVATE=yes allows it."


class PlainAddress(InvalidInput):
    code = "webhook_address_plain"
    message = "The address leads over the public network unencrypted: it must be https."


class NoSuchHost(InvalidInput):
    code = "webhook_host_unknown"
    message = "The address leads nowhere: the name {host} is not known."


@dataclass(frozen=True)
class Place:
    """An address taken apart; `host` is in the ASCII form that name servers and certificates use."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """The host as the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == SCHEMES[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Place:
    """Take an address apart.

    raises  : WrongAddress
    example : parse("https://partner.example/hook?x=1") -> Place("https", "partner.example", 443, "/hook?x=1")
    """
    try:
        read = httpx.URL(url)
        host = read.raw_host.decode("ascii")
        host.encode("idna")  # what the resolver will do: a label of 64 characters ends here
    except (httpx.InvalidURL, ValueError, TypeError):
        raise WrongAddress from None
    if read.scheme not in SCHEMES or not host or read.userinfo:
        raise WrongAddress
    port = SCHEMES[read.scheme] if read.port is None else read.port
    if not 0 < port < 65_536:
        raise WrongAddress
    return Place(read.scheme, host, port, read.raw_path.decode("ascii"))


def resolve(place: Place, *, private_addresses: bool) -> list[str]:
    """The machines behind an address, in the order in which to try them; asks the name server.

    private_addresses : whether they may be this machine or on a private network (tests, on-premises)
    raises            : NoSuchHost; PrivateAddress when any of them is not on the public network; PlainAddress when any
                        is, and would be told over http
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise NoSuchHost(host=place.host) from None
    hosts = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private_addresses and not all(is_public(host) for host in hosts):
        raise PrivateAddress(host=place.host)
    if place.scheme == "http" and any(is_public(host) for host in hosts):
        raise PlainAddress
    return hosts


def must_be_welcome(url: str, *, private_addresses: bool) -> None:
    """Refuse an address that could never be told anything; a name that is not known (yet) is let pass.

    Asks the name server, so call it outside any transaction. Raises WrongAddress, PrivateAddress, PlainAddress.
    """
    try:
        resolve(parse(url), private_addresses=private_addresses)
    except NoSuchHost:
        return


def is_public(host: str) -> bool:
    """Is this IP address one machine on the public network?"""
    found: IP = ip_address(host.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.sixtofour or found.teredo:
            return False
        inner = IPv4Address(int(found) & 0xFFFFFFFF) if found in NAT64 else found.ipv4_mapped
        found = inner or found
    return found.is_global and not found.is_multicast
