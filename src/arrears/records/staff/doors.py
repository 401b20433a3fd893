"""From which networks may the people of an agency come in, and is its door open at all?"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from arrears.kernel.errors import Refusal
from arrears.records.staff.models import AgencyDoor, User


class NotNetworks(Refusal):
    code = "not_networks"
    message = "Networks are written like 203.0.113.0/24, one a line: {given} is none, or too wide."


#: Wider than this a list of networks lets in whole countries.
WIDEST = {4: 12, 6: 32}


@dataclass(frozen=True)
class DoorRow:
    """The door of an agency; without networks nobody comes in by it."""

    agency: str
    networks: tuple[str, ...]
    is_open: bool

    def lets_in(self, address: str) -> bool:
        """May somebody come in from this address?"""
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return self.is_open and any(known in ipaddress.ip_network(network) for network in self.networks)


def door(agency: str) -> DoorRow:
    """The door of an agency; one that was never set is shut."""
    found = AgencyDoor.objects.filter(agency=agency).first()
    return DoorRow(agency, tuple(found.networks), found.is_open) if found else DoorRow(agency, (), is_open=False)


def people_of(agency: str) -> list[User]:
    """The log-ins of an agency by user name."""
    return list(User.objects.filter(agency=agency).order_by("username"))


@transaction.atomic
def put(*, agency: str, networks: Sequence[str], is_open: bool) -> DoorRow:
    """Set the networks of an agency and whether it may come in; returns what was before; raises NotNetworks."""
    before = door(agency)
    plain = [_network(network) for network in networks]
    AgencyDoor.objects.update_or_create(agency=agency, defaults={"networks": plain, "is_open": is_open})
    return before


def _network(given: str) -> str:
    try:
        network = ipaddress.ip_network(given)
    except ValueError:
        raise NotNetworks(given=given[:50]) from None
    if network.prefixlen < WIDEST[network.version]:
        raise NotNetworks(given=given[:50])
    return str(network)
