"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_books")]

    operations = [
        # So that the column can be made again on the way back.
        migrations.AlterField("legalhold", "note", models.CharField(blank=True, max_length=200)),
        migrations.AddField("legalhold", "note_sealed", models.BinaryField(null=True)),
        migrations.AddField("legalhold", "lift_note_sealed", models.BinaryField(null=True)),
        migrations.AddField("subjectrequest", "note_sealed", models.BinaryField(null=True)),
    ]
