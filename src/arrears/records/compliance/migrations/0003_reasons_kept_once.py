"""The few distinct lists of reasons move to a table of their own; a verdict points to its list."""

import json

import django.db.models.deletion
from django.db import migrations, models

from arrears.kernel import identifiers

POINT = """
UPDATE compliance_verdict SET grounds_id = told.digest FROM compliance_told AS told
WHERE told.reasons = compliance_verdict.reasons AND told.digest <> ''
"""


def move(apps, schema_editor):
    """One pass over the verdicts, however many: each distinct list is read, and written, once."""
    grounds = apps.get_model("compliance", "Grounds")
    given = "%s::jsonb" if schema_editor.connection.vendor == "postgresql" else "%s"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE compliance_told AS"
            " SELECT reasons, CAST('' AS varchar(32)) AS digest FROM compliance_verdict GROUP BY reasons"
        )
        cursor.execute("SELECT CAST(reasons AS text) FROM compliance_told")
        for (text,) in cursor.fetchall():
            if reasons := json.loads(text):
                digest = digest_of(reasons)
                grounds.objects.get_or_create(digest=digest, defaults={"reasons": reasons})
                cursor.execute(f"UPDATE compliance_told SET digest = %s WHERE reasons = {given}", [digest, text])  # nosec B608  given is one of two above
        cursor.execute(POINT)
        cursor.execute("DROP TABLE compliance_told")


def move_back(apps, schema_editor):
    verdict, grounds = apps.get_model("compliance", "Verdict"), apps.get_model("compliance", "Grounds")
    for row in grounds.objects.all():
        verdict.objects.filter(grounds=row).update(reasons=row.reasons)


def digest_of(reasons):
    """As `operations.digest_of` made it when this was written."""
    return identifiers.derived_id("grounds", json.dumps(reasons, sort_keys=True, separators=(",", ":")))


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_verdict_holding_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Grounds",
            fields=[
                ("digest", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("reasons", models.JSONField()),
            ],
            options={"verbose_name_plural": "grounds"},
        ),
        migrations.AddField(
            model_name="verdict",
            name="grounds",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="compliance.grounds",
            ),
        ),
        migrations.RunPython(move, move_back, elidable=True),
        migrations.RemoveField(model_name="verdict", name="reasons"),
    ]
