"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "Complaint": {
        "reference": ("reference_sealed", "complaints.complaint.reference"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0003_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("complaints", TABLES)]
