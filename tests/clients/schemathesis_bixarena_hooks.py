"""Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`): a session that a whole login opened, a service's secret, and a
record of what was reached.

It signs in once: no call ends a session but `logout`, which is called without one.
"""

import base64
import functools
import os

import schemathesis
from bixarena import CALLBACK, COOKIE
from provider import Hops

SERVER = os.environ["CLIENT_TESTS_SERVER"]
RECORD = os.environ["CLIENT_TESTS_RECORD"]
SERVICE = os.environ["CLIENT_TESTS_SERVICE"]


@functools.cache
def session() -> str:
    with Hops("*/*") as person:
        person.get(person.sign_in(f"{SERVER}/v1/auth/oidc/start", "boss", SERVER + CALLBACK))
        return person.cookies[COOKIE]


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=r"(/token|/oauth2/token|/userinfo)$")
class Session:
    def get(self, case, context):
        return session()

    def set(self, case, data, context):
        case.cookies[COOKIE] = data


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=r"/oauth2/service-token$")
class Service:
    def get(self, case, context):
        return base64.b64encode(SERVICE.encode()).decode()

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Basic {data}"


@schemathesis.hook
def after_call(context, case, response):
    with open(RECORD, "a") as record:
        record.write(f"{case.method.upper()} {case.operation.path} {response.status_code}\n")
