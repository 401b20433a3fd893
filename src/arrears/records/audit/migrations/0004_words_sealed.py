"""Words that somebody wrote with an event get a table of their own. What events of before hold is never changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_append_only")]

    operations = [
        migrations.CreateModel(
            name="Words",
            fields=[
                ("mark", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("customer_id", models.CharField(db_index=True, max_length=64, null=True)),
                ("text_sealed", models.BinaryField()),
            ],
            options={"verbose_name_plural": "words"},
        ),
    ]
