"""The columns of plain words, empty now, are gone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_notes_sealed")]

    operations = [
        migrations.RemoveField("legalstep", "reference"),
        migrations.RemoveField("legalstep", "note"),
        migrations.RemoveField("legalstep", "back_reason"),
        migrations.AddConstraint(
            "legalstep",
            models.CheckConstraint(
                condition=models.Q(back_at__isnull=False) | models.Q(back_reason_sealed__isnull=True),
                name="matters_reason_is_of_taking_back",
            ),
        ),
    ]
