"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("placements", "0004_notes_sealed")]

    operations = [
        migrations.RemoveField("placement", "reference"),
        migrations.RemoveField("placement", "note"),
        migrations.RemoveField("placement", "end_note"),
    ]
