"""Django's settings. Every environment variable is read here once; a feature without its setting is off.

`ARREARS_HOME` holds everything this installation owns: database (unless DATABASE_URL names one), lake, keys, logs.
"""

from pathlib import Path

from arrears.config import access, environment, judge, logs, secrets, vault

HOME = environment.folder("ARREARS_HOME", default="var/home")
environment.make_home(HOME)
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = secrets.load_or_create("ARREARS_SECRET_KEY", path=HOME / "keys" / "django.key")
#: What seals is None until `actions.check_keys` has seen that the books hold nothing sealed, and makes it.
SEALING_KEYS = {
    name: HOME / "keys" / f"{name.removesuffix('_KEY').lower()}.key"
    for name in ("VAULT_KEY", "PSEUDONYM_KEY", "AUDIT_KEY", "ANCHOR_KEY")
}
VAULT_KEY = secrets.load("ARREARS_VAULT_KEY", path=SEALING_KEYS["VAULT_KEY"])
PSEUDONYM_KEY = secrets.load("ARREARS_PSEUDONYM_KEY", path=SEALING_KEYS["PSEUDONYM_KEY"])
AUDIT_KEY = secrets.load("ARREARS_AUDIT_KEY", path=SEALING_KEYS["AUDIT_KEY"])
ANCHOR_KEY = secrets.load("ARREARS_ANCHOR_KEY", path=SEALING_KEYS["ANCHOR_KEY"])
#: What identity is sealed by, and what keeps the master key that wraps the keys of the vault.
VAULT = vault.settings()
#: What builds the masters; `records.privacy.wrapping` loads it by this name.
VAULT_MASTERS = "arrears.config.vault_masters.masters"

DEBUG = environment.boolean("ARREARS_DEBUG", default=False)
ALLOWED_HOSTS = environment.words("ARREARS_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("ARREARS_ORIGINS", default=[])

#: "books": today is the day the books have reached (replays, demo); "system": the machine's clock (production).
CLOCK = environment.choice("ARREARS_CLOCK", ("books", "system"))
#: Real channels speak by the books' clock only where somebody said so.
CLOCK_IS_CHOSEN = environment.is_set("ARREARS_CLOCK")
#: The lender's own zone: whose midnight closes a business date.
LENDER_ZONE = environment.zone("ARREARS_ZONE", default="Asia/Shanghai")
#: The country of telephone numbers written without a country code (ISO 3166 alpha-2).
LENDER_COUNTRY = environment.text("ARREARS_COUNTRY", "CN")
LAKE = environment.folder("ARREARS_LAKE", default=str(HOME / "lake"))
PARTITIONS = environment.integer("ARREARS_PARTITIONS", default=0)  # 0 = by the size of the first tape
WORKERS = environment.integer("ARREARS_WORKERS", default=0)  # 0 = as many as cores
#: Of so many people at most one night deletes what was kept as long as it must be; 0 = nights delete nothing.
RETAIN_A_NIGHT = environment.integer("ARREARS_RETAIN_A_NIGHT", default=1_000)
#: channel of a contact → adapter kind of channels.registry
CHANNELS = {"SMS": environment.text("ARREARS_SMS", "sandbox")}
SMPP = {
    "host": environment.text("ARREARS_SMPP_HOST", "127.0.0.1"),
    "port": environment.integer("ARREARS_SMPP_PORT", default=2775),
    "system_id": environment.text("ARREARS_SMPP_SYSTEM_ID"),
    "password": secrets.text("ARREARS_SMPP_PASSWORD"),
    "sender": environment.text("ARREARS_SMPP_SENDER"),
    "window": environment.integer("ARREARS_SMPP_WINDOW", default=50),
    "messages_per_second": environment.integer("ARREARS_SMPP_RATE", default=0),
}
#: What puts colleagues through to borrowers without showing them a number: sandbox, http, or none.
DIALLER = {
    "kind": environment.choice("ARREARS_DIALLER", ("sandbox", "http", "none")),
    "url": environment.text("ARREARS_DIALLER_URL"),
    "key": secrets.text("ARREARS_DIALLER_KEY"),
}
#: How much the web server says of itself: debug, info, warning, error.
LOG_LEVEL = environment.text("ARREARS_LOG_LEVEL", "warning")
RULE_PACK = environment.text("ARREARS_RULE_PACK", "cn+house")
#: Whether partners' webhooks may live on this machine or a private network.
WEBHOOKS_PRIVATE = environment.boolean("ARREARS_WEBHOOKS_PRIVATE", default=False)
#: How often one API key may ask of one serving process: so many in s, m, h or d.
API_RATE = environment.text("ARREARS_API_RATE", "1200/m")
#: A language model that is asked about words beside the rules, at an OpenAI-compatible address; off without one.
JUDGE = judge.settings()
#: What backups are sealed with, where nobody sits at a terminal to be asked.
BACKUP_PASSPHRASE = secrets.text("ARREARS_BACKUP_PASSPHRASE")
#: What builds the real clock, channels and rule pack; `actions.wired` loads it by this name.
WIRING = "arrears.config.wiring.wire"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django_cotton.apps.SimpleAppConfig",
    "arrears.records.staff",
    "arrears.records.signin",
    "arrears.records.privacy",
    "arrears.records.audit",
    "arrears.records.people",
    "arrears.records.apikeys",
    "arrears.records.ledger",
    "arrears.records.compliance",
    "arrears.records.rights",
    "arrears.records.runs",
    "arrears.records.cases",
    "arrears.records.contacts",
    "arrears.records.writeoffs",
    "arrears.records.placements",
    "arrears.records.matters",
    "arrears.records.promises",
    "arrears.records.complaints",
    "arrears.records.webhooks",
    "arrears.config",
    "arrears.interfaces.ui",
    "arrears.interfaces.console",
    "arrears.interfaces.api",
    "ninja",
]
AUTH_USER_MODEL = "staff.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "arrears.interfaces.api.problems.OneShape",
    "django.middleware.security.SecurityMiddleware",
    "arrears.interfaces.ui.security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "arrears.interfaces.ui.gatekeeper.PermissionGate",
    "arrears.interfaces.ui.looking.LeavesTrace",
]
ROOT_URLCONF = "arrears.config.urls"
WSGI_APPLICATION = "arrears.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((PACKAGE / "interfaces" / "console").glob("*/templates")),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "arrears.interfaces.ui.menu.page_frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
        },
    }
]
COTTON_DIR = "ui"

DATABASES = {"default": environment.database("DATABASE_URL", default=f"sqlite:///{HOME / 'arrears.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "arrears.config.postgresql"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue at BEGIN instead of failing half-way; readers never wait for them.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
        " PRAGMA foreign_keys=ON; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
    }

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [HOME / "locale"]  # compiled there by `arrears setup`, from the catalogues in the package
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["arrears.config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "arrears.config.statics.HashedGzipped"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

MESSAGE_TAGS = {40: "danger"}  # errors look like danger; the others by their own names
LOGIN_URL = "/sign-in/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = ["arrears.config.hashers.Scrypt"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "arrears.config.passwords.MaximumLength"},
    {"NAME": "arrears.config.passwords.NotTheSameAgain"},
    {"NAME": "arrears.config.passwords.NotOneOfTheUsual"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
]
#: Roles that sign in with a second factor: "table" (those that reveal identity or administer), "none", or their names.
MFA = access.mfa(default="none" if (HOME / "town").exists() else "table")
#: After so long without a click a session ends, and after so long in any case.
SESSION_IDLE_SECONDS = 60 * environment.integer("ARREARS_SESSION_IDLE_MINUTES", default=30)
#: Sensitive changes are made so long after the password was given.
SESSION_FRESH_SECONDS = 60 * environment.integer("ARREARS_SESSION_FRESH_MINUTES", default=15)
SESSION_COOKIE_AGE = 3600 * environment.integer("ARREARS_SESSION_HOURS", default=12)
SESSION_ENGINE = "arrears.records.signin.sessions"
#: Whose word about the address of a caller is believed: the networks of our own proxies.
TRUSTED_PROXIES = access.networks("ARREARS_TRUSTED_PROXIES")

HTTPS = environment.boolean("ARREARS_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # a browser takes such a cookie from this very host alone, never from a neighbour under the same domain
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token
#: No address takes a file: one that is sent along is refused before it is read.
DATA_UPLOAD_MAX_NUMBER_FILES = 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
#: Whether browsers are told of the domain before their first visit is decided by the owner of the domain, not by us.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING_CONFIG = None
logs.configure()
