"""What gunicorn loads. It begins over no other books than the home's, nor without the keys that they were made with."""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arrears.config.settings")
application = get_wsgi_application()

from django.db import connection  # noqa: E402  the apps must be ready first

from arrears.actions.check_keys import check_keys  # noqa: E402
from arrears.records import which_books  # noqa: E402

which_books.refuse_others(connection, Path(settings.HOME))
check_keys()
