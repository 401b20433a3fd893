"""The top floor: settings, URLs, system checks, and the only place that chooses real adapters."""
