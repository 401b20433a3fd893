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


def seal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.seal(schema_editor, apps.get_model("rights", name), columns)


def unseal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.unseal(apps.get_model("rights", name), columns)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("rights", "0002_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
