"""Who must bring a second factor, and whose word about addresses is believed, as the environment says."""

from __future__ import annotations

import ipaddress

from arrears.config import environment
from arrears.config.environment import WrongSetting
from arrears.rules import reach

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def mfa(*, default: str) -> str | frozenset[str]:
    """ARREARS_MFA: `table`, `none`, or the roles by name. What the table says is in `interfaces.ui.permissions`."""
    given = environment.words("ARREARS_MFA", default=[default])
    if given in (["table"], ["none"]):
        return given[0]
    if not set(given) <= reach.REACH.keys():
        known = ", ".join(reach.REACH)
        raise WrongSetting(f"ARREARS_MFA must be table, none or roles ({known}), not {','.join(given)!r}")
    return frozenset(given)


def networks(name: str) -> tuple[Network, ...]:
    """Networks in CIDR notation. Raises WrongSetting."""
    try:
        return tuple(ipaddress.ip_network(word) for word in environment.words(name, default=[]))
    except ValueError as wrong:
        raise WrongSetting(f"{name} must be networks such as 10.0.0.0/8: {wrong}") from None
