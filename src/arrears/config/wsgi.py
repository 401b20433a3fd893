"""What gunicorn loads. It does not begin without the keys that the books were made with."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arrears.config.settings")
application = get_wsgi_application()

from arrears.actions.check_keys import check_keys  # noqa: E402  the apps must be ready first

check_keys()
