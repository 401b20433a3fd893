"""Every page asks who may harm themselves: the few such stops are found without reading all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0014_plain_proof_dropped")]

    operations = [
        migrations.AddIndex(
            model_name="stop",
            index=models.Index(
                condition=models.Q(("reason", "SELF_HARM"), ("to_at__isnull", True)),
                fields=["from_at"],
                name="compliance_stop_at_risk",
            ),
        ),
    ]
