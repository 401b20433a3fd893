"""A colleague of several teams counts in each of them, so the column holds several codes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0008_plain_regulator_dropped")]

    operations = [
        migrations.AlterField("complaint", "about_team", models.CharField(blank=True, max_length=200)),
    ]
