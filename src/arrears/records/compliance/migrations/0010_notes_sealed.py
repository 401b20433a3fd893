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


def seal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.seal(schema_editor, apps.get_model("compliance", name), columns)


def unseal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.unseal(apps.get_model("compliance", name), columns)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("compliance", "0009_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
