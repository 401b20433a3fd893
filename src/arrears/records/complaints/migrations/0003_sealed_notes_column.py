"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_words_may_be_deleted")]

    operations = [
        migrations.AddField("complaint", "reference_sealed", models.BinaryField(null=True)),
    ]
