"""The gate's log on its page: found by what was decided, why, on which road, when and about whom."""

from __future__ import annotations

import pytest
from tests.interfaces.console.conftest import signed_in

from arrears.records.compliance.models import Verdict

pytestmark = pytest.mark.django_db


class TestRules:
    def test_a_reason_leads_to_its_rule_for_who_may_open_the_packs(self, books):
        refused = Verdict.objects.filter(allowed=False).first()
        code = refused.reasons[0]["rule"]
        pack = refused.pack.partition("@")[0]

        assert f'href="/packs/{pack}/#{code}"' in signed_in("COMPLIANCE").get("/verdicts/?allowed=no").content.decode()
        agents = signed_in("AGENT").get(f"/contacts/{refused.contact_id}/").content.decode()
        assert code in agents
        assert "/packs/" not in agents
