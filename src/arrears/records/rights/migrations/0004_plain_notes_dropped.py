"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_notes_sealed")]

    operations = [
        migrations.RemoveField("legalhold", "note"),
        migrations.RemoveField("legalhold", "lift_note"),
        migrations.RemoveField("subjectrequest", "note"),
    ]
