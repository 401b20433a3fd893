"""How the vault seals and who keeps its master key, as the environment says; half a setting is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from arrears.config import secrets, vault, vault_masters
from arrears.config.environment import WrongSetting
from arrears.config.secrets import UnreadableSecret

TRANSIT = {
    "ARREARS_VAULT_MASTER": "transit",
    "ARREARS_KMS_URL": "https://kms.example:8200/",
    "ARREARS_KMS_KEY": "arrears",
    "ARREARS_KMS_TOKEN": "hvs.secret",
}
COMMAND = {
    "ARREARS_VAULT_MASTER": "command",
    "ARREARS_KMS_COMMAND": "/opt/kms/wrap --profile 'main one'",
    "ARREARS_KMS_KEY": "alias.collections-1",
}


@pytest.fixture
def given(monkeypatch):
    def give(**environment: str) -> vault.Vault:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return vault.settings()

    return give


def test_by_default_the_vault_key_is_the_master_and_aes_seals(given):
    found = given()
    assert (found.algorithm, found.master, found.before, found.kms) == ("AES-256-GCM", "local", None, {})


def test_a_service_is_taken_as_it_is_named(given):
    found = given(**TRANSIT, ARREARS_VAULT_ALGORITHM="SM4-GCM")
    assert found.algorithm == "SM4-GCM"
    assert found.kms == {
        "base": "https://kms.example:8200",
        "key": "arrears",
        "token": "hvs.secret",
        "mount": "transit",
        "authority": "",
        "timeout": 10.0,
    }
    assert "hvs.secret" not in repr(found)


def test_a_command_is_taken_as_a_shell_would(given):
    found = given(**COMMAND)
    assert found.kms["words"] == ["/opt/kms/wrap", "--profile", "main one"]


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        ({"ARREARS_VAULT_ALGORITHM": "DES"}, "ARREARS_VAULT_ALGORITHM must be AES-256-GCM or SM4-GCM"),
        ({"ARREARS_VAULT_MASTER": "cloud"}, "ARREARS_VAULT_MASTER must be local, transit or command"),
        (TRANSIT | {"ARREARS_KMS_URL": ""}, "ARREARS_KMS_URL"),
        (TRANSIT | {"ARREARS_KMS_URL": "http://kms.example"}, "ARREARS_KMS_URL must be an https"),
        (TRANSIT | {"ARREARS_KMS_URL": "https://user:pw@kms.example"}, "ARREARS_KMS_URL"),
        (TRANSIT | {"ARREARS_KMS_TOKEN": ""}, "ARREARS_KMS_TOKEN_FILE"),
        (TRANSIT | {"ARREARS_KMS_TOKEN": "two\nlines"}, "ARREARS_KMS_TOKEN_FILE"),
        (TRANSIT | {"ARREARS_KMS_KEY": "../sys"}, "ARREARS_KMS_KEY"),
        (TRANSIT | {"ARREARS_KMS_CA": "/nowhere.crt"}, "ARREARS_KMS_CA"),
        (TRANSIT | {"ARREARS_KMS_TIMEOUT": "0"}, "ARREARS_KMS_TIMEOUT"),
        (COMMAND | {"ARREARS_KMS_COMMAND": " "}, "ARREARS_KMS_COMMAND"),
        (COMMAND | {"ARREARS_KMS_COMMAND": "/opt/kms/wrap 'main one"}, "ARREARS_KMS_COMMAND"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_setting_is_named(given, environment, fault):
    with pytest.raises(WrongSetting, match=fault):
        given(**environment)


def test_a_key_of_before_that_cannot_be_read_is_named(given):
    with pytest.raises(UnreadableSecret, match="ARREARS_VAULT_KEY_BEFORE_FILE cannot be read"):
        given(ARREARS_VAULT_KEY_BEFORE_FILE="/nowhere/old.key")


@pytest.mark.parametrize("content", ["", " \n"])
def test_a_key_that_is_given_by_an_empty_file_is_not_taken_from_elsewhere(monkeypatch, tmp_path: Path, content):
    given, kept = tmp_path / "given.key", tmp_path / "kept.key"
    given.write_text(content)
    kept.write_text("e" * 64)
    monkeypatch.setenv("ARREARS_VAULT_KEY_FILE", str(given))
    with pytest.raises(UnreadableSecret, match="ARREARS_VAULT_KEY_FILE is empty"):
        secrets.load("ARREARS_VAULT_KEY", path=kept)


def test_a_secret_that_is_no_text_is_named(given, tmp_path: Path):
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableSecret, match="ARREARS_KMS_TOKEN is no text"):
        given(**TRANSIT, ARREARS_KMS_TOKEN_FILE=str(tmp_path / "token"))


def test_the_master_in_use_comes_first_and_those_of_before_after_it(given, settings, tmp_path: Path):
    old = tmp_path / "old.key"
    old.write_text("e" * 64)
    settings.VAULT = given(**TRANSIT, ARREARS_VAULT_KEY_BEFORE_FILE=str(old))

    names = [master.name for master in vault_masters.masters()]

    assert names[0] == "transit:arrears"
    assert len(names) == 3
    assert len(set(names)) == 3
    assert all(django_settings.VAULT_KEY.decode() not in name for name in names)
