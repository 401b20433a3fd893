"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {
    "WriteOff": {
        "note": ("note_sealed", "writeoffs.write_off.note"),
    },
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("writeoffs", "0004_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("writeoffs", TABLES)]
