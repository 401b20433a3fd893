"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_notes_sealed")]

    operations = [
        migrations.RemoveField("workitem", "note"),
    ]
