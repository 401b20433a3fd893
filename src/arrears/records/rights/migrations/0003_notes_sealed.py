"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "LegalHold": {
        "note": ("note_sealed", "rights.hold.note"),
        "lift_note": ("lift_note_sealed", "rights.hold.lift_note"),
    },
    "SubjectRequest": {
        "note": ("note_sealed", "rights.subject_request.note"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("rights", "0002_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("rights", TABLES)]
