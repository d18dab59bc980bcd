"""Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`): a fresh session for each call, and a record of what was reached."""

import json
import os
import urllib.request

import schemathesis

SERVER = os.environ["CLIENT_TESTS_SERVER"]
RECORD = os.environ["CLIENT_TESTS_RECORD"]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=r"/users/").apply_to(
    path="/api/v1/auth/", method="DELETE"
)
class FreshSession:
    def get(self, case, context):
        body = json.dumps({"email": "boss@example.com", "password": "quiet morning harbour"}).encode()
        request = urllib.request.Request(
            f"{SERVER}/api/v1/auth/", data=body, headers={"Content-Type": "application/json"}
        )
        with OPENER.open(request, timeout=30) as answer:
            return answer.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]

    def set(self, case, data, context):
        case.cookies["sessionid"] = data


@schemathesis.hook
def after_call(context, case, response):
    with open(RECORD, "a") as record:
        record.write(f"{case.method.upper()} {case.operation.path} {response.status_code}\n")
