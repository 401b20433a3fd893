"""The column of plain addresses, empty now, is gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_url_sealed")]

    operations = [
        migrations.RemoveField("endpoint", "url"),
    ]
