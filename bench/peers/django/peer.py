"""Django with django-rest-knox, as their documentation has them and as small as they can be: no middleware, no admin, no
templates, no session beside the token. A peer of the benchmark; for nothing else.

    peer.py prepare PASSWORD EMAIL...   makes the tables and users, in the database of PEER_DATABASE (a URL)

`granian --interface wsgi peer:application` serves it.
"""

import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

DATABASE = urlsplit(os.environ["PEER_DATABASE"])


class Hasher(Argon2PasswordHasher):
    """At Vestibule's default cost."""

    memory_cost = 19456
    time_cost = 2
    parallelism = 1


settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": DATABASE.hostname,
            "PORT": DATABASE.port,
            "USER": DATABASE.username,
            "NAME": DATABASE.path.removeprefix("/"),
            # A connection of its own for each thread, kept.
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "knox"],
    LOGGING_CONFIG=None,
    PASSWORD_HASHERS=[f"{__name__}.Hasher"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["knox.auth.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    REST_KNOX={"TOKEN_TTL": None},
    ROOT_URLCONF=__name__,
    SECRET_KEY="for a benchmark only",
    USE_TZ=True,
)
django.setup()

# Only now, because they read the settings.
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from knox.views import LoginView as KnoxLoginView  # noqa: E402
from rest_framework.authtoken.serializers import AuthTokenSerializer  # noqa: E402
from rest_framework.permissions import AllowAny  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class LoginView(KnoxLoginView):
    permission_classes = [AllowAny]

    def post(self, request, format=None):
        serializer = AuthTokenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        request.user = serializer.validated_data["user"]
        return super().post(request, format)


class UserView(APIView):
    def get(self, request):
        user = request.user
        return Response({"id": user.id, "username": user.username, "email": user.email})


urlpatterns = [
    path("ready", lambda request: HttpResponse()),
    path("auth/login/", LoginView.as_view()),
    path("auth/user/", UserView.as_view()),
]
application = get_wsgi_application()


def prepare(password: str, emails: list[str]) -> None:
    from django.contrib.auth import get_user_model

    call_command("migrate", verbosity=0)
    for email in emails:
        get_user_model().objects.create_user(email.partition("@")[0], email, password)


if __name__ == "__main__":
    word, password, *emails = sys.argv[1:]
    assert word == "prepare", word
    prepare(password, emails)
