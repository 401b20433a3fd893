"""A person's language is blank until somebody tells it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_books")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="language",
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
