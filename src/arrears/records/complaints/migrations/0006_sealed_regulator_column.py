"""A column for the sealed name of the regulator beside the plain one, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_plain_notes_dropped")]

    operations = [
        migrations.AddField("complaint", "regulator_sealed", models.BinaryField(null=True)),
    ]
