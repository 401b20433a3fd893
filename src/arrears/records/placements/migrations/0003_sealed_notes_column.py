"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("placements", "0002_ended_with_the_case")]

    operations = [
        migrations.AddField("placement", "reference_sealed", models.BinaryField(null=True)),
        migrations.AddField("placement", "note_sealed", models.BinaryField(null=True)),
        migrations.AddField("placement", "end_note_sealed", models.BinaryField(null=True)),
    ]
