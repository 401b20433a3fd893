"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "Placement": {
        "reference": ("reference_sealed", "placements.placement.reference"),
        "note": ("note_sealed", "placements.placement.note"),
        "end_note": ("end_note_sealed", "placements.placement.end_note"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("placements", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("placements", TABLES)]
