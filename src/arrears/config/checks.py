"""What is wrong with this installation before anything goes wrong? Django's system checks (`arrears admin check`)."""

from __future__ import annotations

from typing import Any

from django.core import checks

from arrears.actions.contact_gate import ClosedGate
from arrears.config import gate_in_force

HINT = "Mend the named file under $ARREARS_HOME/policies; it is looked at again at once, nothing needs a restart."


@checks.register(checks.Tags.compatibility)
def policies_in_force(**_: Any) -> list[checks.CheckMessage]:
    """Is the newest edit of the rule pack and of the texts the one that holds?"""
    gate = gate_in_force.current()
    if isinstance(gate, ClosedGate):
        return [
            checks.Error(
                f"No rule pack can be used, so nobody is contacted: {gate.fault}", hint=HINT, id="arrears.E001"
            )
        ]
    if gate.fault:
        told = f"The newest edit is not in force, {gate.pack.name} still is: {gate.fault}"
        return [checks.Warning(told, hint=HINT, id="arrears.W001")]
    return []
