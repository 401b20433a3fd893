"""The columns of plain words, empty now, are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("compliance", "0013_proof_sealed")]

    operations = [
        migrations.RemoveField("consent", "proof_ref"),
        migrations.RemoveField("consent", "policy"),
    ]
