"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matters", "0002_step_taken_back")]

    operations = [
        migrations.RemoveConstraint("legalstep", "matters_back_has_reason"),
        migrations.AddField("legalstep", "reference_sealed", models.BinaryField(null=True)),
        migrations.AddField("legalstep", "note_sealed", models.BinaryField(null=True)),
        migrations.AddField("legalstep", "back_reason_sealed", models.BinaryField(null=True)),
    ]
