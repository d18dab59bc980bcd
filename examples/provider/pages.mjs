// The pages that people see: plain forms, no script, nothing from elsewhere.

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const text = (value) => String(value).replace(/[&<>"']/g, (sign) => escapes[sign]);

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem }
button, input { font: inherit; padding: .3rem .6rem } .note { color: #666 } form { margin: .5rem 0 }`;

/**
 * Sends a page. There is no `form-action` in its policy: browsers hold every redirect after a form to it, and these
 * lead back to whoever asked.
 */
export function send(response, status, title, body) {
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(page(title, body));
}

/** A whole page, for where the library sends it. */
export function page(title, body) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>${text(title)}</title><style>${STYLE}</style></head>
<body><h1>${text(title)}</h1>
${body}
<p class="note">This is a sample: it asks for no password, and forgets everything when it ends.</p></body></html>
`;
}

/** Who are you? */
export function login({ action, client, people, wrong }) {
  const known = Object.entries(people).map(
    ([login, person]) => `<form method="post" action="${text(action)}/login"><input type="hidden" name="login"
value="${text(login)}"><button>${text(person.name ?? login)}</button></form>`,
  );
  return `${wrong ? '<p role="alert">There is nobody of that name here.</p>' : ""}
<p>${text(client)} wants to know who you are.</p>
<form id="login" method="post" action="${text(action)}/login"><label>Name
<input name="login" autocomplete="off" autofocus required></label> <button>Sign in</button></form>
<p>Or sign in as</p>
${known.join("\n")}
<p><a id="cancel" href="${text(action)}/cancel">Cancel</a></p>`;
}

/** May it know? */
export function consent({ action, client, scopes }) {
  return `<p>${text(client)} asks for: ${text(scopes.join(", "))}.</p>
<form id="consent" method="post" action="${text(action)}/consent"><button autofocus>Continue</button></form>
<p><a id="cancel" href="${text(action)}/cancel">Cancel</a></p>`;
}

/** What went wrong, as the library tells it. */
export function error(facts) {
  const rows = Object.entries(facts).map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`);
  return `<dl>${rows.join("")}</dl>`;
}
