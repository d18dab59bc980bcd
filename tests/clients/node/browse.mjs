// A person at a browser, for the black-box tests: a headless Chromium that is told on standard input what to do, and says
// on standard output where that led. Both are one JSON value; the tests judge it.
//
//   {"steps": [{"open": URL}, {"sign_in": NAME}, {"fetch": {"path": ..., "method": ..., "json"?: ...}},
//              {"cookies": [...]}, {"run": {"script": FUNCTION, "argument": ...}}, {"lead": {"from": URL, "to": URL}}],
//    "options"?: {"args": [...], "insecure": true}}
//   -> {"seen": [a step's {"url", "status", "headers", "text"}], "hops": [[method, status, URL]], "cookies": [...],
//       "complaints": [what the browser wrote to its console]}
//
// CLIENT_TESTS_CHROMIUM names the executable.

import { text } from "node:stream/consumers";

import { chromium } from "playwright-core";

const PATIENCE_MS = 30_000;

const verbs = {
  open: async (page, url) => look(page, await page.goto(url)),

  /** Fills in the sample provider's login, and its consent where it asks for one. */
  sign_in: async (page, name) => {
    await page.locator("#login input[name=login]").fill(name);
    let response = await press(page, "#login button");
    if (await page.locator("#consent").count()) response = await press(page, "#consent button");
    return look(page, response);
  },

  /** Puts cookies into the jar. */
  cookies: async (page, cookies) => {
    await page.context().addCookies(cookies);
    return {};
  },

  /** Runs a script of the open page; what it tells. */
  run: (page, { script, argument }) => page.evaluate(`(${script})(${JSON.stringify(argument)})`),

  /** A page leads its visitor to another address by itself. */
  lead: async (page, { from, to }) => {
    await page.goto(from);
    const [response] = await Promise.all([
      page.waitForNavigation({ waitUntil: "commit" }),
      page.evaluate((to) => setTimeout(() => location.assign(to)), to),
    ]);
    return { url: page.url(), status: response?.status() ?? null };
  },

  /** A call as a script of the open page would make it, with the page's cookies. */
  fetch: (page, { path, method = "GET", json }) =>
    page.evaluate(
      async ([path, method, json]) => {
        const body = json && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(json) };
        const response = await fetch(path, { method, credentials: "include", ...body });
        const { url, status, headers } = response;
        return { url, status, headers: Object.fromEntries(headers), text: await response.text() };
      },
      [path, method, json],
    ),
};

/** Presses a button that leads to another page; the answer that this page came with. */
async function press(page, button) {
  const [response] = await Promise.all([page.waitForNavigation(), page.locator(button).click()]);
  return response;
}

async function look(page, response) {
  return {
    url: page.url(),
    status: response?.status() ?? null,
    headers: response ? await response.allHeaders() : {},
    text: await page.locator("body").innerText(),
  };
}

async function browse({ steps, options = {} }) {
  const browser = await chromium.launch({
    executablePath: process.env.CLIENT_TESTS_CHROMIUM,
    // Chromium refuses to run as root with its sandbox on; nobody else needs to do without.
    chromiumSandbox: process.getuid() !== 0,
    // What the environment says of proxies is not for addresses of this machine.
    args: ["--no-proxy-server", ...(options.args ?? [])],
  });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: options.insecure ?? false });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const hops = [];
    const complaints = [];
    page.on("response", (response) => hops.push([response.request().method(), response.status(), response.url()]));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    const seen = [];
    for (const step of steps) {
      const [[verb, object]] = Object.entries(step);
      seen.push(await verbs[verb](page, object));
    }
    return { seen, hops, cookies: await context.cookies(), complaints };
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(await browse(JSON.parse(await text(process.stdin)))));
