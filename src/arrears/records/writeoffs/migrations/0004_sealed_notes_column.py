"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("writeoffs", "0003_queue_index")]

    operations = [
        migrations.AddField("writeoff", "note_sealed", models.BinaryField(null=True)),
    ]
