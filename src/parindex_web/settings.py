"""Settings by environment: `environment.VARIABLES` says what each variable is for.

Nothing here is secret, and DEBUG does not exist: it is always off.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.contrib.messages import constants as message_levels
from django.core.exceptions import ImproperlyConfigured

from parindex_web.trust import TrustBroken, anchors_of

env = environ.Env()

BASE = Path(__file__).resolve().parent
DEMO = env.bool("PARINDEX_DEMO", default=False)
HTTPS = env.bool("PARINDEX_HTTPS", default=not DEMO)
FILES = Path(env.str("PARINDEX_FILES", default="out/web")).resolve()

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"] if DEMO else env.list("PARINDEX_HOSTS", default=[])
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("PARINDEX_HOSTS=* lets mails carry links to any host: name the hosts.")
if DEMO and not set(env.list("PARINDEX_HOSTS", default=[])) <= set(ALLOWED_HOSTS):
    raise ImproperlyConfigured("PARINDEX_DEMO=1 serves loopback only: take PARINDEX_HOSTS away, or PARINDEX_DEMO.")
SECRET_KEY = env.str("PARINDEX_SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured("PARINDEX_SECRET_KEY is not set (50 characters or more, the same on each server).")
    from parindex_web.demonstration_key import demonstration_key

    SECRET_KEY = demonstration_key(FILES)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "parindex_web.pages",
    "parindex_web.accounts",
    "parindex_web.audit",
    "parindex_web.editions",
    "parindex_web.collect",
    "parindex_web.appraise",
    "parindex_web.results",
    "parindex_web.people",
    "parindex_web.steering",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "parindex_web.pages.languages.LanguageMiddleware",
    "parindex_web.pages.errors.BlankAnswersMiddleware",
    "parindex_web.collect.uploads.BoundedUploadsMiddleware",
    "parindex_web.pages.typed.TypedTextMiddleware",
    "parindex_web.audit.guard.WritesOnlyInActsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "parindex_web.accounts.two_steps.SecondStepMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "parindex_web.urls"
WSGI_APPLICATION = "parindex_web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parindex_web.pages.frame.frame",
            ],
            "builtins": ["parindex_web.pages.templatetags.saying"],
        },
    }
]

_DATABASE: dict[str, Any] = dict(env.db_url("PARINDEX_DATABASE", default=f"sqlite:///{FILES / 'parindex.sqlite3'}"))
if _DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # Writers take the lock when they begin, so that two people never fail in the middle of a save.
    _DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    _DATABASE.setdefault("OPTIONS", {})["pool"] = {"min_size": 2, "max_size": 12, "timeout": 10}
DATABASES = {"default": _DATABASE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "parindex_web.accounts.passwords.LongEnough"},
    {"NAME": "parindex_web.accounts.passwords.NotAboutThePerson"},
    {"NAME": "parindex_web.accounts.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "parindex_web.accounts.adapter.InvitedOnly"
ACCOUNT_FORMS = {
    "change_password": "parindex_web.accounts.forms.ChangePassword",
    "set_password": "parindex_web.accounts.forms.SetPassword",
    "reset_password_from_key": "parindex_web.accounts.forms.ResetPassword",
}
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reaches a person by the address it proves
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "parindex: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# An office shares one address on the network: failures are counted for the account first.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("PARINDEX_BEHIND_PROXY", default=False) else 0
MFA_ADAPTER = "parindex_web.accounts.adapter.SecondSteps"
MFA_FORMS = {
    "add_webauthn": "parindex_web.accounts.forms.AddKey",
    "authenticate_webauthn": "parindex_web.accounts.forms.AuthenticateByKey",
    "login_webauthn": "parindex_web.accounts.forms.SignInByKey",
    "reauthenticate_webauthn": "parindex_web.accounts.forms.ReauthenticateByKey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute wrong
SOCIALACCOUNT_ADAPTER = "parindex_web.accounts.adapter.KnownPeopleOnly"
OIDC_APPS = env.json("PARINDEX_OIDC", default=[])
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": OIDC_APPS, "OAUTH_PKCE_ENABLED": True}}
TWO_STEP_ROLES = frozenset(env.list("PARINDEX_TWO_STEP_ROLES", default=[]))
INVITATION_DAYS = env.int("PARINDEX_INVITATION_DAYS", default=7)
# Counts of failed sign-ins are shared by all processes and outlive them: they are kept in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "parindex_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_AGE = 9 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- language and time

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# --- files

STATIC_URL = "/static/"
STATIC_ROOT = FILES / "static"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES / "files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 300
FILE_UPLOAD_PERMISSIONS = 0o600
INCOMING = FILES / "incoming"  # beside the evidence: a file that is taken is moved, never copied
EVIDENCE_FILE_BYTES = env.int("PARINDEX_EVIDENCE_FILE_MB", default=50) * 1_000_000
EVIDENCE_UNIT_BYTES = env.int("PARINDEX_EVIDENCE_UNIT_MB", default=5_000) * 1_000_000
EDITION_ZIP_BYTES = 300_000_000
UPLOAD_REQUEST_BYTES = env.int("PARINDEX_UPLOAD_MB", default=500) * 1_000_000
DISK_RESERVE_BYTES = env.int("PARINDEX_DISK_RESERVE_MB", default=200) * 1_000_000
# Read when the server starts: a folder that is wrong shows then, not when somebody hands in a paper.
try:
    TRUST = anchors_of(Path(env.str("PARINDEX_TRUST"))) if env.str("PARINDEX_TRUST", default="") else ()
except TrustBroken as fault:
    raise ImproperlyConfigured(f"PARINDEX_TRUST: {fault}") from fault

# --- mail and tasks

EMAIL_CONFIG = env.email_url("PARINDEX_MAIL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# A letter is sent within the transaction that records it: shorter than others wait for the database.
EMAIL_TIMEOUT = 10
SITE = env.str("PARINDEX_SITE", default="").rstrip("/")  # where links in reminders lead
DEFAULT_FROM_EMAIL = env.str("PARINDEX_MAIL_FROM", default="parindex@localhost")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- what a browser may do with our pages


def _origins(addresses: Iterable[str]) -> list[str]:
    return sorted({"://".join(urlsplit(address)[:2]) for address in addresses})


MESSAGE_TAGS = {message_levels.SUCCESS: "good", message_levels.WARNING: "warn", message_levels.ERROR: "bad"}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # The browser follows the form of the sign-on button to the identity provider.
        "form-action": ["'self'", *_origins(each["settings"]["server_url"] for each in OIDC_APPS)],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture", "interest-cohort")
}
X_FRAME_OPTIONS = "DENY"  # but for the preview of a document, which says so itself
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("PARINDEX_BEHIND_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "parindex_web.pages.errors.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "parindex_web.pages.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}
