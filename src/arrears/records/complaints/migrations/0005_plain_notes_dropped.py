"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_notes_sealed")]

    operations = [
        migrations.RemoveField("complaint", "reference"),
    ]
