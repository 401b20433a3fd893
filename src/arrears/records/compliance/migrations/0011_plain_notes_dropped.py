"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("compliance", "0010_notes_sealed")]

    operations = [
        migrations.RemoveField("consent", "withdrawn_note"),
        migrations.RemoveField("flag", "note"),
    ]
