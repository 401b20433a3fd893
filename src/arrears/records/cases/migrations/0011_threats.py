"""A threat against our people is a piece of work: a supervisor decides whether visits may go on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0010_plain_notes_dropped'),
    ]

    operations = [
        migrations.AlterField(
            model_name='workitem',
            name='kind',
            field=models.CharField(choices=[('CALL', 'Call'), ('VISIT', 'Visit'), ('AGENCY', 'Agency placement'), ('LEGAL', 'Legal review'), ('CARE', 'Care for a person at risk'), ('SAFETY', 'Threat against our people')], max_length=8),
        ),
    ]
