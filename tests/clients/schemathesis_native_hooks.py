"""Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`): the session of somebody who has just signed in, and a record of what
was reached.

One session serves until it is found in the list and ended, as Schemathesis does when it follows the document's links.
"""

import functools
import os

import requests
import schemathesis

SERVER = os.environ["CLIENT_TESTS_SERVER"]
RECORD = os.environ["CLIENT_TESTS_RECORD"]
NAME = os.environ["CLIENT_TESTS_NAME"]
# The newest: a random one may be chosen on the way.
passwords = [os.environ["CLIENT_TESTS_PASSWORD"]]


@functools.cache
def session() -> str:
    with requests.Session() as client:
        client.trust_env = False
        body = {"identifier": NAME, "password": passwords[-1]}
        answer = client.post(f"{SERVER}/id/v1/login", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return client.cookies["vestibule"]


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=r"^/id/v1/(me|sessions|password|email$|keys|identities)")
class Session:
    def get(self, case, context):
        return session()

    def set(self, case, data, context):
        case.cookies = {**(case.cookies or {}), "vestibule": data}


@schemathesis.hook
def after_call(context, case, response):
    if (case.operation.path, response.status_code) == ("/id/v1/password", 204):
        passwords.append(case.body["new_password"])
    if response.status_code == 401:
        session.cache_clear()
    with open(RECORD, "a") as record:
        record.write(f"{case.method.upper()} {case.operation.path} {response.status_code}\n")
