"""The column of plain names, empty now, is gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("complaints", "0007_regulator_sealed")]

    operations = [
        migrations.RemoveField("complaint", "regulator"),
    ]
