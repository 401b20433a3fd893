"""Of nights that failed only the kind of the fault is kept: its own words may name somebody."""

from django.db import migrations


def leave_out(apps, editor):
    nights = apps.get_model("runs", "Night").objects
    for as_of, error in nights.exclude(error="").values_list("as_of", "error"):
        nights.filter(as_of=as_of).update(error=error.partition(":")[0])


class Migration(migrations.Migration):
    dependencies = [("runs", "0001_books")]

    operations = [migrations.RunPython(leave_out, migrations.RunPython.noop, elidable=True)]
