"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

COLUMNS = {
    "note": ("note_sealed", "cases.work.note"),
}


def seal(apps, schema_editor):
    once_plain.seal(schema_editor, apps.get_model("cases", "WorkItem"), COLUMNS)


def unseal(apps, schema_editor):
    once_plain.unseal(apps.get_model("cases", "WorkItem"), COLUMNS)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0008_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
