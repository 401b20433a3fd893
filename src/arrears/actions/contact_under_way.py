"""Where does a call or visit that is under way go to? Shown again only while the gate still allows it.

Called by the console, for the colleague whom the gate cleared. Between the clearance and now the person may have
complained, paid or asked for silence, and the hour may have passed in which they may be called.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.actions import contact_call, contact_gate, contact_need, reveal_sealed
from arrears.actions.contact_call import Clearance
from arrears.actions.contact_gate import Gate, Wish
from arrears.records.contacts import outbox, sealed


@transaction.atomic
def show_again(*, contact_id: str, reason: str, at: datetime, actor: str, gate: Gate) -> Clearance:
    """Where a call or visit that is under way goes to, if the gate still allows it now: much may have changed since.

    reason  : of a call, why the number must be seen though a switchboard dials it; without identity
    returns : Clearance, its `point` opened; a refusal is an answer here. Guidance was weighed when it was cleared
    raises  : what `contact_need.refuse_needless`, `refuse_stopped` and `reveal_sealed.reveal_cleared` do
    """
    cleared = sealed.cleared(contact_id, actor=actor)
    if cleared is None:
        raise reveal_sealed.no_clearance(contact_id, actor=actor)
    outbox.lock([cleared.customer_id])
    customer_id, purpose, point_id = cleared.customer_id, cleared.purpose, cleared.contact_point_id
    contact_need.refuse_needless(customer_id, cleared.case_id or None, purpose, actor)
    contact_need.refuse_stopped(customer_id, purpose, channel=cleared.channel, contact_point_id=point_id, at=at)
    resident = outbox.residents([cleared.customer_id])[cleared.customer_id]
    wish = Wish(
        contact_id=contact_id,
        customer_id=cleared.customer_id,
        channel=cleared.channel,
        purpose=cleared.purpose,
        relation=cleared.relation,
        contact_point_id=cleared.contact_point_id,
        at=at,
        region=resident.region,
        timezone=resident.timezone,
        overruled=gate.pack.guidance,
        **contact_call.along(cleared.facts),
    )
    [judgement] = contact_gate.judge(gate, [wish], is_intended=True)
    if not judgement.verdict.allowed:
        return Clearance(allowed=False, contact_id=contact_id, verdict=judgement.verdict)
    point = reveal_sealed.reveal_cleared(contact_id=contact_id, at=at, actor=actor, reason=reason)
    return Clearance(allowed=True, contact_id=contact_id, verdict=judgement.verdict, point=point)
