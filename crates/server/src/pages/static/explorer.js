// What scripts add to a call's page in the explorer: copying the line for a shell, and trying the call out. The page says
// everything without it. It calls this server only, and shows what comes as text.
"use strict";

/** An element with a text. */
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

for (const line of document.querySelectorAll("pre[data-copy]")) {
  if (!navigator.clipboard) continue;
  const button = element("button", line.dataset.copy);
  button.type = "button";
  button.className = "button quiet";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(line.textContent);
    button.textContent = line.dataset.copied;
    setTimeout(() => (button.textContent = line.dataset.copy), 2000);
  });
  line.after(button);
}

const section = document.querySelector("[data-try]");
if (section) {
  const form = section.querySelector("form");
  const outcome = section.querySelector(".outcome");

  /** The request that the fields describe. */
  const request = () => {
    let path = section.dataset.path;
    const query = new URLSearchParams();
    const headers = new Headers();
    for (const field of form.querySelectorAll("[data-in]")) {
      const { in: place, name, skip } = field.dataset;
      const value = field.value;
      if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
      // What was left as it stood is not sent: the word before a credential is none.
      else if (value === "" || value === skip) continue;
      else if (place === "query") query.append(name, value);
      else if (place === "header") headers.set(name, value);
    }
    const body = form.querySelector("textarea");
    const method = section.dataset.method;
    const options = { method, headers, credentials: "same-origin", redirect: "manual", cache: "no-store" };
    if (body && body.value !== "" && method !== "GET" && method !== "HEAD") {
      headers.set("Content-Type", body.dataset.type);
      options.body = body.value;
    }
    const text = query.toString();
    return [text ? `${path}?${text}` : path, options];
  };

  /** What came back, as it would stand on the wire. */
  const show = async (response) => {
    if (response.type === "opaqueredirect") throw new Error("it leads elsewhere");
    const text = await response.text();
    let body = text;
    try {
      body = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not JSON: as it is.
    }
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const status = `${response.status} ${response.statusText}`.trim();
    const shown = element("pre", `${status}\n${headers}\n\n${body}`);
    shown.tabIndex = 0;
    shown.dir = "ltr";
    return shown;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    outcome.replaceChildren();
    try {
      outcome.append(await show(await fetch(...request())));
    } catch {
      outcome.append(element("p", outcome.dataset.failed));
    } finally {
      button.disabled = false;
    }
  });
  section.hidden = false;
}
