"""Who threatens our people is not visited; every page asks for those, so the few are found without reading all others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0015_stops_of_people_at_risk'),
        ('people', '0004_no_pattern_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='stop',
            name='reason',
            field=models.CharField(choices=[('OPTED_OUT', 'Asked us to stop'), ('CEASED', 'Cease demand'), ('DISPUTED', 'Debt is disputed'), ('DECEASED', 'Deceased'), ('BANKRUPT', 'Bankruptcy'), ('REPRESENTED', 'Represented by a lawyer'), ('VULNERABLE', 'Vulnerable'), ('COMPLAINT', 'Complaint under review'), ('SELF_HARM', 'May harm themselves'), ('STAFF_SAFETY', 'Threatens our people'), ('REST', 'Left in peace for a while, after what they told us'), ('RESTRICTED', 'Use of their data is restricted'), ('WRONG_NUMBER', "Not this person's number")], max_length=16),
        ),
        migrations.AddIndex(
            model_name='stop',
            index=models.Index(condition=models.Q(('reason', 'STAFF_SAFETY'), ('to_at__isnull', True)), fields=['from_at'], name='compliance_stop_threats'),
        ),
    ]
