"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "Consent": {
        "withdrawn_note": ("withdrawn_note_sealed", "compliance.consent.withdrawn_note"),
    },
    "Flag": {
        "note": ("note_sealed", "compliance.flag.note"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("compliance", "0009_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("compliance", TABLES)]
