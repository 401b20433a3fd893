"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

COLUMNS = {
    "reference": ("reference_sealed", "placements.placement.reference"),
    "note": ("note_sealed", "placements.placement.note"),
    "end_note": ("end_note_sealed", "placements.placement.end_note"),
}


def seal(apps, schema_editor):
    once_plain.seal(schema_editor, apps.get_model("placements", "Placement"), COLUMNS)


def unseal(apps, schema_editor):
    once_plain.unseal(apps.get_model("placements", "Placement"), COLUMNS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("placements", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
