"""Where proofs are found is sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

COLUMNS = ("proof_ref", "policy")
TABLES = {"Consent": {name: (f"{name}_sealed", f"compliance.consent.{name}") for name in COLUMNS}}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("compliance", "0012_sealed_proof_columns"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("compliance", TABLES)]
