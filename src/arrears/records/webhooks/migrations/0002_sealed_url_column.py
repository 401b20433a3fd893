"""A column for the sealed address beside the plain one, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_books")]

    operations = [
        migrations.AddField("endpoint", "url_sealed", models.BinaryField(null=True)),
        migrations.AlterField("endpoint", "url", models.URLField(max_length=400, blank=True, default="")),
    ]
