"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "LegalStep": {
        "reference": ("reference_sealed", "matters.step.reference"),
        "note": ("note_sealed", "matters.step.note"),
        "back_reason": ("back_reason_sealed", "matters.step.back_reason"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("matters", TABLES)]
