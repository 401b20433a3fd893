"""A column for sealed words beside each one of plain words, until the next migration has filled it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0011_plain_notes_dropped")]

    operations = [
        # On the way back the plain columns come again, blank until they are filled.
        migrations.AlterField("consent", "proof_ref", models.CharField(max_length=64, blank=True)),
        migrations.AlterField("consent", "policy", models.CharField(max_length=40, blank=True)),
        migrations.AddField("consent", "proof_ref_sealed", models.BinaryField(null=True)),
        migrations.AddField("consent", "policy_sealed", models.BinaryField(null=True)),
    ]
