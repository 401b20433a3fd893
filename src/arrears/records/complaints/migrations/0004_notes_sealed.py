"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "Complaint": {
        "reference": ("reference_sealed", "complaints.complaint.reference"),
    },
}


def seal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.seal(schema_editor, apps.get_model("complaints", name), columns)


def unseal(apps, schema_editor):
    for name, columns in TABLES.items():
        once_plain.unseal(apps.get_model("complaints", name), columns)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal)]
