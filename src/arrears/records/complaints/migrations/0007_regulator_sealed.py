"""Regulators' names are sealed, a batch in a transaction: killed, it is run again and seals what is left.

The day that a regulator set had the same name for its source: it is left out there, for the page reads it from beside.
"""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {"Complaint": {"regulator": ("regulator_sealed", "complaints.complaint.regulator")}}
REGULATOR_DAY = "REGULATOR_DAY"


def leave_out(apps, editor):
    complaints = apps.get_model("complaints", "Complaint").objects
    for row in complaints.filter(intake="REGULATOR").only("terms").iterator():
        terms = [term | {"citation": ""} if term["rule"] == REGULATOR_DAY else term for term in row.terms]
        if terms != row.terms:
            complaints.filter(pk=row.pk).update(terms=terms)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("complaints", "0006_sealed_regulator_column"), ("privacy", "0001_vault_keys")]

    operations = [
        migrations.RunPython(leave_out, migrations.RunPython.noop, elidable=True),
        once_plain.sealing("complaints", TABLES),
    ]
