from django.db import migrations, models


def end_sessions(apps, schema_editor):
    """They stand under keys that open them: everybody signs in again."""
    apps.get_model("signin", "Session").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0001_books'),
    ]

    operations = [
        migrations.RunPython(end_sessions, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name='session',
            name='session_key',
            field=models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        migrations.RenameField(
            model_name='tries',
            old_name='last_at',
            new_name='forgotten_at',
        ),
    ]
