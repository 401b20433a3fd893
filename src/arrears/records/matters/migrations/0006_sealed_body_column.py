"""A column for the sealed name of the court or body beside the plain one, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0005_plain_notes_dropped")]

    operations = [
        migrations.AddField("legalstep", "body_sealed", models.BinaryField(null=True)),
    ]
