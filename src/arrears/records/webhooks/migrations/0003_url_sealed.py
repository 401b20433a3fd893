"""Addresses are sealed, a batch in a transaction: killed, it is run again and seals what is left."""

from django.db import migrations

from arrears.records.privacy import once_plain

TABLES = {"Endpoint": {"url": ("url_sealed", "webhooks.endpoint.url")}}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("webhooks", "0002_sealed_url_column"), ("privacy", "0001_vault_keys")]

    operations = [once_plain.sealing("webhooks", TABLES)]
