"""Loaded by Schemathesis itself (`SCHEMATHESIS_HOOKS`): a fresh token for each call, and a record of what was reached."""

import json
import os
import urllib.request

import schemathesis

SERVER = os.environ["CLIENT_TESTS_SERVER"]
RECORD = os.environ["CLIENT_TESTS_RECORD"]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
OPEN = r"/auth/(sign-in|oauth-sign-in|sign-up|verify|password-restore|password-restore-verify)$"


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=rf"^(?!.*{OPEN})")
class FreshToken:
    def get(self, case, context):
        body = json.dumps({"email": "boss@example.com", "password": "quiet morning harbour"}).encode()
        request = urllib.request.Request(
            f"{SERVER}/frontend/api/v1/auth/sign-in", data=body, headers={"Content-Type": "application/json"}
        )
        with OPENER.open(request, timeout=30) as answer:
            return json.load(answer)["jwt-token"]["token"]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context, case, response):
    with open(RECORD, "a") as record:
        record.write(f"{case.method.upper()} {case.operation.path} {response.status_code}\n")
