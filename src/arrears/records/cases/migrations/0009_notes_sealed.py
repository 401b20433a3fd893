"""The words are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import cipher, once_plain

COLUMNS = {
    "note": ("note_sealed", "cases.work.note"),
}
#: The one event that kept a colleague's own words among its facts, and where.
KIND, FACT = "point.valid", "reason"


def seal(apps, schema_editor):
    once_plain.seal(schema_editor, apps.get_model("cases", "WorkItem"), COLUMNS)
    events = apps.get_model("cases", "CaseEvent")
    told = events.objects.filter(kind=KIND, words_sealed=None)
    for event in told.iterator():
        if FACT in event.data:
            text = event.data.pop(FACT)
            sealed = cipher.seal(text, context=f"cases.event.words:{event.pk}") if text else None
            events.objects.filter(pk=event.pk).update(data=event.data, words_sealed=sealed)
    if events.objects.exclude(words_sealed=None).exists():
        once_plain.write_anew(schema_editor, events)


def unseal(apps, schema_editor):
    once_plain.unseal(apps.get_model("cases", "WorkItem"), COLUMNS)
    for event in apps.get_model("cases", "CaseEvent").objects.exclude(words_sealed=None).iterator():
        event.data[FACT] = cipher.unseal(event.words_sealed, context=f"cases.event.words:{event.pk}")
        event.words_sealed = None
        event.save(update_fields=["data", "words_sealed"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0008_sealed_notes_column"), ("privacy", "0001_vault_keys")]

    operations = [migrations.RunPython(seal, unseal, elidable=True)]
