"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0008_consents_and_restriction")]

    operations = [
        migrations.AddField("consent", "withdrawn_note_sealed", models.BinaryField(null=True)),
        migrations.AddField("flag", "note_sealed", models.BinaryField(null=True)),
    ]
