// Somebody who looks at pages, for the black-box tests: a headless Chromium that is told on standard input where to go and
// what to press, and says on standard output what there was to see. Both are one JSON value; the tests judge it.
//
//   {"screenshots": FOLDER, "visits": [{"width": 390, "height": 844, "scheme": "dark", "javascript": false,
//                                       "direction": "rtl", "steps": [STEP]}]}
//   STEP: {"open": URL}, {"press": [KEY or {"type": TEXT}]}, {"submit": KEY}, {"unguarded": true}, {"click": SELECTOR},
//         {"reach": SELECTOR} by the tabulator, {"wait": SELECTOR}, {"look": NAME}
//   -> {"looks": [{"name", "url", "status", "title", "text", "lang", "bytes", "requests", "complaints", "violations",
//       "overflow", "small", "tabs", "focused"}]}
//
// CLIENT_TESTS_CHROMIUM names the executable.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

import { chromium } from "playwright-core";

const PATIENCE_MS = 60_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Every rule for WCAG 2.2 A and AA, and what axe's authors call good practice.
const RULES = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
// Nobody presses the tabulator more often than this on one page.
const TABS = 200;
// Visits at the same time: while one waits for the page, another is judged.
const AT_ONCE = 4;

/** Walks through the page with the tabulator, from its start: each stop, and whether it can be seen there. */
async function tabs(page) {
  await page.evaluate(() => {
    // Where something was pressed is where the tabulator goes on from, unless the whole page is pressed.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    window.scrollTo(0, 0);
  });
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    const seen = [...all].filter((element) => element.checkVisibility());
    seen.forEach((element, index) => (element.dataset.stop = index));
    return seen.length;
  });
  const stops = [];
  for (let count = 0; count < Math.min(wanted, TABS); count += 1) {
    await page.keyboard.press("Tab");
    stops.push(
      await page.evaluate(() => {
        const at = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        const box = at.getBoundingClientRect();
        const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        return {
          stop: at.dataset.stop === undefined ? null : Number(at.dataset.stop),
          what: `${at.tagName.toLowerCase()} ${at.textContent.trim().slice(0, 40)}`,
          isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && inView,
        };
      }),
    );
  }
  return { wanted, stops };
}

/** Presses the tabulator until it is there. */
async function reach(page, selector) {
  for (let count = 0; count < TABS; count += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  throw new Error(`the tabulator does not reach ${selector} at ${page.url()}`);
}

/** What is pressed by a finger, outside of a line of text, and is lower than 44 pixels or narrower than 24. */
const small = () =>
  [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => element.checkVisibility() && !element.closest("p:not(.links):not(.way-on), dd, .prose, .ways, .skip, .notice"))
    .filter((element) => !element.classList.contains("skip"))
    // The label of a box is pressed as well as the box.
    .map((element) => [element, (element.type === "checkbox" ? element.labels[0] : element).getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5 || box.width < 24)
    .map(([element, box]) => `${element.tagName.toLowerCase()} ${element.textContent.trim()} ${box.width}x${box.height}`);

async function violationsOf(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => axe.run(document, rules), RULES);
  return violations;
}

async function look(page, name, visit, seen, screenshots) {
  if (visit.direction) await page.evaluate((direction) => (document.documentElement.dir = direction), visit.direction);
  const kind = [name, visit.width, visit.scheme, visit.direction, visit.javascript ? null : "noscript"];
  await page.screenshot({ path: `${screenshots}/${kind.filter(Boolean).join("-")}.png`, fullPage: true });
  // axe waits for timers, which stand still without scripts. It is the same document.
  const violations = visit.javascript ? await violationsOf(page) : [];
  const told = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    lang: document.documentElement.lang,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    focused: document.activeElement?.id ?? "",
  }));
  return {
    ...told,
    name: kind.filter(Boolean).join("-"),
    url: page.url(),
    status: seen.status,
    bytes: seen.bytes,
    requests: [...seen.requests],
    complaints: [...seen.complaints],
    violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`),
    small: await page.evaluate(small),
    tabs: await tabs(page),
  };
}

async function follow(browser, visit, screenshots) {
  const { width, height, scheme, javascript } = visit;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: javascript,
    hasTouch: width < 600,
    locale: visit.locale ?? "en-US",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  const seen = { requests: [], complaints: [], bytes: 0, status: null };
  network.on("Network.loadingFinished", ({ encodedDataLength }) => (seen.bytes += encodedDataLength));
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) seen.status = response.status();
  });
  page.on("console", (message) => message.type() === "error" && seen.complaints.push(message.text()));
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  const looks = [];
  for (const step of visit.steps) {
    const [[verb, object]] = Object.entries(step);
    if (verb === "open") {
      Object.assign(seen, { requests: [], complaints: [], bytes: 0 });
      await page.goto(object, { waitUntil: "load" });
    } else if (verb === "press") {
      for (const key of object) {
        if (key.type) await page.keyboard.type(key.type);
        else await page.keyboard.press(key);
      }
      await page.waitForLoadState("load");
    } else if (verb === "submit") {
      // The key that sends the form; what comes is another page.
      Object.assign(seen, { requests: [], complaints: [], bytes: 0 });
      await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.keyboard.press(object)]);
    } else if (verb === "unguarded") {
      // The browser's own check of fields is out of the way: the server's answer is wanted.
      await page.evaluate(() => document.forms[0].setAttribute("novalidate", ""));
    } else if (verb === "click") {
      await page.locator(object).click();
    } else if (verb === "reach") {
      await reach(page, object);
    } else if (verb === "wait") {
      await page.locator(object).waitFor();
    } else if (verb === "look") {
      looks.push(await look(page, object, visit, seen, screenshots));
    } else {
      throw new Error(`there is no step ${verb}`);
    }
  }
  await context.close();
  return looks;
}

async function run({ screenshots, visits }) {
  const browser = await chromium.launch({
    executablePath: process.env.CLIENT_TESTS_CHROMIUM,
    // Chromium refuses to run as root with its sandbox on; nobody else needs to do without.
    chromiumSandbox: process.getuid() !== 0,
    // What the environment says of proxies is not for addresses of this machine.
    args: ["--no-proxy-server"],
  });
  try {
    const looks = visits.map(() => []);
    const queue = visits.entries();
    // All take from one queue, so that a slow visit holds up no other.
    const walk = async () => {
      for (const [index, visit] of queue) looks[index] = await follow(browser, visit, screenshots);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, walk));
    return { looks: looks.flat() };
  } finally {
    await browser.close();
  }
}

console.log(JSON.stringify(await run(JSON.parse(await text(process.stdin)))));
