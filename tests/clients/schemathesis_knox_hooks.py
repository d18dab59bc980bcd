"""Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`): a fresh token for each call, and a record of what was reached.

A token cannot be kept: each logout ends it, and `logoutall` ends all. Hashes are cheap in this run, so a login a call
costs next to nothing.
"""

import json
import os
import urllib.request

import schemathesis

SERVER = os.environ["CLIENT_TESTS_SERVER"]
RECORD = os.environ["CLIENT_TESTS_RECORD"]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=r"/auth/(logout|logoutall|user)/$")
class FreshToken:
    def get(self, case, context):
        body = json.dumps({"username": "john", "password": "quiet morning harbour"}).encode()
        request = urllib.request.Request(
            f"{SERVER}/auth/login/", data=body, headers={"Content-Type": "application/json"}
        )
        with OPENER.open(request, timeout=30) as answer:
            return json.load(answer)["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Token {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    # The password of the document's example is one that nobody may set here.
    if isinstance(case.body, dict) and case.body.get("password") == "password":
        case.body = {**case.body, "password": "quiet morning harbour"}


@schemathesis.hook
def after_call(context, case, response):
    with open(RECORD, "a") as record:
        record.write(f"{case.method.upper()} {case.operation.path} {response.status_code}\n")
