"""What the environment says about sign-in is taken as it is meant, or loudly not at all."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from arrears.config import access, checks
from arrears.config.environment import WrongSetting


@pytest.mark.parametrize(
    ("given", "read"),
    [("", "table"), ("table", "table"), ("none", "none"), ("ADMIN, COMPLIANCE", frozenset({"ADMIN", "COMPLIANCE"}))],
)
def test_who_brings_a_second_factor(monkeypatch, given, read):
    monkeypatch.setenv("ARREARS_MFA", given)
    assert access.mfa(default="table") == read


@pytest.mark.parametrize("given", ["off", "yes", "none,ADMIN", "admin", "ADMIN,BOSS"])
def test_what_could_mean_nobody_by_mistake_is_refused(monkeypatch, given):
    monkeypatch.setenv("ARREARS_MFA", given)
    with pytest.raises(WrongSetting):
        access.mfa(default="table")


def test_networks_of_proxies(monkeypatch):
    monkeypatch.setenv("ARREARS_TRUSTED_PROXIES", "10.0.0.0/16, 2001:db8::/48")
    assert access.networks("ARREARS_TRUSTED_PROXIES") == (
        ipaddress.ip_network("10.0.0.0/16"),
        ipaddress.ip_network("2001:db8::/48"),
    )
    for wrong in ("10.0.0.1/16", "proxy", "10.0.0.0/40"):
        monkeypatch.setenv("ARREARS_TRUSTED_PROXIES", wrong)
        with pytest.raises(WrongSetting):
            access.networks("ARREARS_TRUSTED_PROXIES")


class TestCheck:
    @pytest.mark.parametrize(
        ("mfa", "clock", "told"),
        [
            ("none", "system", ["arrears.W006"]),
            ("none", "books", []),
            ("table", "system", []),
            (frozenset({"ADMIN"}), "system", []),
        ],
    )
    def test_a_house_without_second_factors_is_told(self, settings, mfa, clock, told):
        settings.MFA, settings.CLOCK = mfa, clock
        assert [found.id for found in checks.second_factors()] == told

    @pytest.mark.parametrize(("https", "proxies", "told"), [(True, (), 1), (True, ("10.0.0.0/16",), 0), (False, (), 0)])
    def test_a_proxy_that_is_not_named_is_told(self, settings, https, proxies, told):
        settings.HTTPS, settings.TRUSTED_PROXIES = https, proxies
        assert len(checks.callers_told_apart()) == told

    @pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o644, 1)])
    def test_a_key_that_others_may_read_is_told(self, settings, tmp_path, mode, told):
        settings.HOME = tmp_path
        (tmp_path / "keys").mkdir()
        key = tmp_path / "keys" / "vault.key"
        key.write_text("secret")
        key.chmod(mode)
        found = checks.keys_are_read_by_their_owner_alone()
        assert [one.msg for one in found] == [f"{key} may be read by others."] * told

    def test_each_finding_has_a_name_of_its_own_so_that_one_can_be_silenced_alone(self):
        names = re.findall(r"arrears\.[EW]\d+", Path(checks.__file__).read_text(encoding="utf-8"))
        assert len(names) > 10
        assert len(set(names)) == len(names)
