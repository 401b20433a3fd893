"""The seal under which the sandbox keeps what borrowers reply, until it is heard: a channel has no keys of its own.

Handed to the channel by `config.wiring` and `live_day`. The keys are the vault's, none of which is ever deleted, so a
rotation meanwhile loses no reply.
"""

from __future__ import annotations

from functools import partial

from arrears.channels.sandbox.far_end import Seal
from arrears.records.privacy import cipher

PLACE = "channels.sandbox.reply"
SEAL = Seal(partial(cipher.seal, context=PLACE), partial(cipher.unseal, context=PLACE))
