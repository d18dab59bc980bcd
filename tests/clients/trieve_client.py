"""Runs in an environment of its own: calls of the published `trieve_py_client`, unmodified, as standard input lists them.

    {"host": ..., "key"?: ..., "cookie"?: ..., "calls": [{"api": "AuthApi", "call": "get_me", "arguments"?: {...}}]}
    -> [{"status": ..., "value"?: ..., "refused"?: ..., "message"?: ...}]

An argument that is an object is made a model: `{"model": "InvitationData", ...}`.
"""

import json
import sys

import trieve_py_client as package
from trieve_py_client.rest import ApiException


def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    return json.loads(value.model_dump_json()) if hasattr(value, "model_dump_json") else value


def argument(value):
    if not isinstance(value, dict):
        return value
    fields = dict(value)
    return getattr(package, fields.pop("model")).from_dict(fields)


def done(client, call: dict) -> dict:
    method = getattr(getattr(package, call["api"])(client), f"{call['call']}_with_http_info")
    try:
        answer = method(**{name: argument(value) for name, value in call.get("arguments", {}).items()})
    except ApiException as refused:
        message = getattr(refused.data, "message", None)
        return {"status": refused.status, "refused": type(refused).__name__, "message": message}
    return {"status": answer.status_code, "value": plain(answer.data)}


told = json.load(sys.stdin)
configuration = package.Configuration(host=told["host"])
if "key" in told:
    configuration.api_key["ApiKey"] = told["key"]
with package.ApiClient(configuration, cookie=told.get("cookie")) as client:
    print(json.dumps([done(client, call) for call in told["calls"]]))
