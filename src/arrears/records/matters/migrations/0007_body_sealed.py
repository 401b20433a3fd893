"""Names of courts and bodies are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {"LegalStep": {"body": ("body_sealed", "matters.step.body")}}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0006_sealed_body_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("matters", TABLES)]
