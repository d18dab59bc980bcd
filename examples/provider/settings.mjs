// What the provider is told: the command line, a file of JSON, and what holds where they are silent.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const HELP = `A sample OpenID provider for trying Vestibule. Anybody may sign in as anybody: never for real people.

  node provider.mjs [--port 9000] [--config FILE]

--port 0 takes any free port. The environment variables PROVIDER_PORT and PROVIDER_CONFIG say the same. The first line on
standard output is {"issuer": ..., "people": [...]}, written when requests are taken. README.md lists what FILE may hold.
`;

// Where a Vestibule wants its people sent back to, below its public_url.
const CALLBACKS = ["/v1/auth/oidc/callback", "/api/v1/oidc/callback/", "/api/auth/callback", "/login/callback"];

const DEFAULTS = {
  port: 9000,
  client_secret: "vestibule-sample-secret",
  redirect_uris: [],
  clients: [],
  people: JSON.parse(readFileSync(new URL("people.json", import.meta.url))),
  anybody: false,
  consent: false,
  id_token_claims: true,
  access_tokens: "opaque",
  access_token_ttl: 3600,
};

/** The settings of this run. Ends the process where they cannot be read. */
export function settings() {
  try {
    return read();
  } catch (fault) {
    console.error(`provider: ${fault.message}`);
    process.exit(2);
  }
}

function read() {
  const { values } = parseArgs({
    options: { port: { type: "string" }, config: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const file = values.config ?? process.env.PROVIDER_CONFIG;
  const given = file ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const key of Object.keys(given)) {
    if (!(key in DEFAULTS)) throw new Error(`${file}: there is no setting ${key}`);
  }
  const all = { ...DEFAULTS, ...given };
  const port = Number(values.port ?? process.env.PROVIDER_PORT ?? all.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error("a port is a number from 0 to 65535");
  if (!["opaque", "jwt"].includes(all.access_tokens)) throw new Error('access_tokens is "opaque" or "jwt"');
  return { ...all, port };
}

/** The clients, as the library wants them. */
export function clients({ client_secret, redirect_uris, clients }) {
  // "native", although a Vestibule is none: for such a client the port in a loopback address is free (RFC 8252
  // section 7.3), so that a Vestibule on any port of this machine can be tried.
  const vestibule = {
    client_id: "vestibule",
    client_secret,
    client_name: "Vestibule",
    application_type: "native",
    redirect_uris: CALLBACKS.map((path) => `http://127.0.0.1:8080${path}`),
  };
  // What is not on loopback is no native client's: those addresses get a client of their own kind.
  if (redirect_uris.length > 0) {
    vestibule.application_type = "web";
    vestibule.redirect_uris = [...vestibule.redirect_uris, ...redirect_uris];
  }
  return [vestibule, ...clients];
}
