"""The people under fire, and what reached them: told by the far end's own memory, never by our tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests import cast, gatehouse
from tests.peers import smsc as peers

from arrears.actions import contact_plan
from arrears.actions.contact_gate import Gate

TEMPLATES = ("EARLY_D1", "EARLY_D3", "EARLY_D7", "EARLY_D15", "EARLY_D30", "LATE_NOTICE")


def number_of(customer_id: str) -> str:
    """The one phone of a person of this town, as a carrier writes it: R-12 has …0012."""
    return f"86138{int(customer_id.partition('-')[2]):08d}"


def settle(customer_ids: Sequence[str]) -> None:
    """Move people in."""
    for customer_id in customer_ids:
        cast.borrower(customer_id, mobile=f"+{number_of(customer_id)}")


def plan(
    customer_ids: Sequence[str],
    gate: Gate,
    *,
    templates: Sequence[str] = TEMPLATES,
    at: datetime = cast.NOW,
    **changes: object,
) -> list[str]:
    """Plan a message of each template for each person, all due at once; returns the contacts' ids."""
    planned = {"planned_for": at, "expires_at": at + timedelta(hours=36)} | changes
    drafts = [gatehouse.draft(one, template=name, **planned) for one in customer_ids for name in templates]
    contact_plan.plan(drafts, at=at, actor="test", gate=gate)
    return [draft.contact_id for draft in drafts]


class FarEnd:
    """The carrier's message centre: a process of its own that writes down each message it takes."""

    def __init__(self, centre: peers.Smsc) -> None:
        self.centre = centre
        self.port = centre.port
        self.plan = centre.plan
        self.order = centre.order

    def messages(self) -> list[dict[str, object]]:
        """What it took, message by message in its order: a text in several parts counts by its first."""
        shorts: list[dict[str, object]] = self.centre.order("shorts")
        return [short for short in shorts if short["number"] == 1]

    def contacts(self) -> Counter[str]:
        """How many messages each phone was sent."""
        return Counter(str(message["to"]) for message in self.messages())

    def repeats(self) -> dict[tuple[str, str], int]:
        """(phone, text) of whatever arrived more than once."""
        said = Counter((str(short["to"]), str(short["text"])) for short in self.centre.order("shorts"))
        return {what: count for what, count in said.items() if count > 1}

    def acks(self) -> int:
        """How many receipts were acknowledged to it."""
        return self.centre.seen()["acks"]

    def owes(self) -> int:
        """How many receipts it still keeps for us."""
        count: int = self.centre.order("owed")["count"]
        return count
