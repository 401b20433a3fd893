"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

COLUMNS = {
    "reference": ("reference_sealed", "matters.step.reference"),
    "note": ("note_sealed", "matters.step.note"),
    "back_reason": ("back_reason_sealed", "matters.step.back_reason"),
}


def seal(apps, schema_editor):
    once_plain.seal(schema_editor, apps.get_model("matters", "LegalStep"), COLUMNS)


def unseal(apps, schema_editor):
    once_plain.unseal(apps.get_model("matters", "LegalStep"), COLUMNS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("matters", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
