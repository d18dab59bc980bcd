"""What pages of other sites try with a visitor's cookies, as scripts for a browser. Not for assertions."""

from dataclasses import asdict, dataclass
from typing import Any

from doors import NATIVE_BASE, PROBE
from vestibule import PASSWORD

NEW_PASSWORD = "another correct horse"


@dataclass(frozen=True)
class Call:
    """A request that changes something for whoever it is taken for."""

    method: str
    path: str
    json: Any = None


def changes(email: str, other: str) -> list[Call]:
    """By every cookie, calls that would change something; and logins, which would sign the visitor in as `other`."""
    passwords = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "end_other_sessions": True}
    login = {"email": other, "password": PASSWORD}
    return [
        Call("POST", "/api/v1/users/me/password/", passwords),
        Call("POST", "/api/v1/auth/", login),
        Call("DELETE", "/api/v1/auth/"),
        Call("PUT", f"{PROBE}/auth/current/password", {"old-password": PASSWORD, "new-password": NEW_PASSWORD}),
        Call("POST", f"{PROBE}/auth/api-token", {"permissions": {}}),
        Call("POST", f"{PROBE}/auth/jwt", {}),
        Call("POST", f"{PROBE}/auth/sign-in", login),
        Call("DELETE", f"{PROBE}/auth/session"),
        Call("DELETE", f"{PROBE}/auth/sign-out"),
        Call("POST", "/api/user/api_key", {"name": "theirs", "role": 0}),
        Call("DELETE", "/api/auth"),
        Call("POST", "/v1/token"),
        Call("POST", "/v1/auth/logout"),
        Call("POST", "/auth/logout"),
        Call("POST", f"{NATIVE_BASE}/keys", {"name": "theirs"}),
        Call("POST", f"{NATIVE_BASE}/login", {"identifier": other, "password": PASSWORD}),
        Call("POST", f"{NATIVE_BASE}/email", {"email": "theirs@evil.example", "password": PASSWORD}),
        Call("POST", f"{NATIVE_BASE}/password", passwords),
        Call("POST", f"{NATIVE_BASE}/sessions/end-others"),
        Call("POST", f"{NATIVE_BASE}/logout"),
        # Our pages.
        Call("POST", "/login", {"identifier": other, "password": PASSWORD}),
        Call("POST", "/account/keys", {"name": "theirs"}),
        Call("POST", "/account/sessions/end-others", {}),
        Call("POST", "/account/email", {"email": "theirs@evil.example"}),
        Call("POST", "/account/password", {"old_password": PASSWORD, "new_password": NEW_PASSWORD}),
        Call("POST", "/logout", {}),
    ]


READS = [
    "/api/v1/users/me/",
    f"{PROBE}/user/current",
    f"{PROBE}/auth/session",
    f"{PROBE}/auth/api-token",
    "/api/auth/me",
    "/api/user/api_key",
    "/v1/userinfo",
    f"{NATIVE_BASE}/me",
    f"{NATIVE_BASE}/sessions",
    "/account",
    "/logout",
]


def arguments(base: str, calls: list[Call]) -> dict:
    return {"base": base, "calls": [asdict(call) for call in calls], "reads": READS}


# Everything that a page can send without a click. `sandboxed`: from within a frame without an origin.
ATTACK = """
async ({ base, calls, reads }) => {
  const told = [];
  const attempt = async (what, path, send) => {
    try {
      const answer = await send();
      told.push({ what, path, type: answer.type, status: answer.status, text: await answer.text() });
    } catch (error) {
      told.push({ what, path, type: "error", status: 0, text: "" });
    }
  };
  const fetches = calls.flatMap(({ method, path, json }) => {
    const url = base + path;
    const body = json === null ? undefined : JSON.stringify(json);
    const type = (name) => ({ "Content-Type": name });
    const credentials = "include";
    const found = [
      attempt("json", path, () => fetch(url, { method, credentials, body, headers: type("application/json") })),
      attempt("simple", path, () => fetch(url, { method, credentials, body, headers: type("text/plain") })),
    ];
    if (method === "POST") {
      found.push(attempt("no-cors", path, () => fetch(url, { method, mode: "no-cors", credentials, body })));
      navigator.sendBeacon(url, new Blob([body ?? ""], { type: "text/plain" }));
    }
    return found;
  });
  for (const path of reads) {
    fetches.push(attempt("read", path, () => fetch(base + path, { credentials: "include" })));
    fetches.push(attempt("no-cors", path, () => fetch(base + path, { mode: "no-cors", credentials: "include" })));
  }
  await Promise.all(fetches);

  const elements = [];
  const add = (name, properties) => {
    const element = Object.assign(document.createElement(name), properties);
    elements.push(new Promise((done) => { element.onload = element.onerror = done; setTimeout(done, 3000); }));
    document.body.append(element);
    return element;
  };
  for (const path of [...reads, ...calls.map((call) => call.path)]) {
    add("img", { src: base + path });
    add("script", { src: base + path });
    add("link", { rel: "stylesheet", href: base + path });
    add("iframe", { src: base + path });
  }
  let number = 0;
  for (const { method, path, json } of calls.filter((call) => call.method === "POST")) {
    for (const enctype of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
      const name = `target-${(number += 1)}`;
      add("iframe", { name });
      const form = Object.assign(document.createElement("form"), { method: "POST", action: base + path, enctype, target: name });
      // JSON, as far as a form can write it: {"a": "b", ..., "x": "="}
      const text = enctype === "text/plain" && json ? [[JSON.stringify(json).slice(0, -1) + ',"x":"', '"}']] : [];
      for (const [field, value] of text.length ? text : Object.entries(json ?? {})) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: field, value: String(value) }));
      }
      document.body.append(form);
      form.submit();
    }
  }
  await Promise.all(elements);
  await new Promise((done) => setTimeout(done, 1000));
  return told;
}
"""

SANDBOXED = """
(argument) => new Promise((done) => {
  addEventListener("message", (event) => done(event.data));
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-forms";
  const call = "(" + %s + ")(" + JSON.stringify(argument) + ").then((told) => parent.postMessage(told, '*'))";
  frame.srcdoc = "<!doctype html><body><script>" + call.replaceAll("</", "<\\\\/") + "<" + "/script>";
  document.body.append(frame);
})
"""

# The same calls one after the other, as a front end makes them: with JSON and with the cookies.
USE = """
async ({ base, calls, reads }) => {
  const told = [];
  const all = [...reads.map((path) => ({ method: "GET", path, json: null })), ...calls];
  for (const { method, path, json } of all) {
    const body = json === null ? undefined : JSON.stringify(json);
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(base + path, { method, credentials: "include", body, headers });
      told.push({ method, path, status: answer.status, text: await answer.text() });
    } catch (error) {
      told.push({ method, path, status: 0, text: "" });
    }
  }
  return told;
}
"""
