from django.db import migrations, models


def keep_open(apps, schema_editor):
    """The keys that are there go on as they are: they were made when one administrator was enough."""
    apps.get_model("apikeys", "ApiKey").objects.update(confirmed_at=models.F("created_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('apikeys', '0003_bound_to_teams'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='confirmed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='apikey',
            name='confirmed_by',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='apikey',
            name='made_by',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', ''), models.Q(('confirmed_by', models.F('made_by')), _negated=True), _connector='OR'), name='apikeys_key_is_of_two'),
        ),
        migrations.RunPython(keep_open, migrations.RunPython.noop, elidable=True),
    ]
