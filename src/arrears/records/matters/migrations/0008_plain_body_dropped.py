"""The column of plain names, empty now, is gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("matters", "0007_body_sealed")]

    operations = [
        migrations.RemoveField("legalstep", "body"),
    ]
