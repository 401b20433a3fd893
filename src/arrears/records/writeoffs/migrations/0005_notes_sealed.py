"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

COLUMNS = {
    "note": ("note_sealed", "writeoffs.write_off.note"),
}


def seal(apps, schema_editor):
    once_plain.seal(schema_editor, apps.get_model("writeoffs", "WriteOff"), COLUMNS)


def unseal(apps, schema_editor):
    once_plain.unseal(apps.get_model("writeoffs", "WriteOff"), COLUMNS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("writeoffs", "0004_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
