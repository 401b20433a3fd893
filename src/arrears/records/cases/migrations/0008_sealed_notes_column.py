"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_team")]

    operations = [
        migrations.AddField("workitem", "note_sealed", models.BinaryField(null=True)),
        migrations.AddField("caseevent", "words_sealed", models.BinaryField(null=True)),
    ]
