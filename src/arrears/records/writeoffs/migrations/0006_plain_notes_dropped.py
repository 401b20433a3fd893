"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("writeoffs", "0005_notes_sealed")]

    operations = [
        migrations.RemoveField("writeoff", "note"),
    ]
