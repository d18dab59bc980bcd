// A small OpenID provider to try Vestibule with, made of the npm package oidc-provider.
//
// Anybody may sign in as anybody, its secrets are in the open, and it forgets everything when it ends: never for real
// people. Everything else is as at a real one: PKCE is demanded, answers name the issuer (RFC 9207), tokens are signed.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { interactionPolicy, Provider } from "oidc-provider";

import { granted, interaction } from "./interaction.mjs";
import * as pages from "./pages.mjs";
import { clients, settings as readSettings } from "./settings.mjs";

const HOST = "127.0.0.1";
const settings = readSettings();

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const STRANGER = "sample-";
const subs = new Map(Object.entries(settings.people).map(([login, { sub }]) => [sub ?? login, login]));

/** Who signs in by this name; with `anybody`, everybody is somebody. */
function personOf(login) {
  if (Object.hasOwn(settings.people, login)) return { sub: login, ...settings.people[login] };
  if (!settings.anybody || !NAME.test(login)) return undefined;
  const name = login[0].toUpperCase() + login.slice(1);
  return {
    sub: `${STRANGER}${login}`,
    name: `${name} Sample`,
    given_name: name,
    family_name: "Sample",
    preferred_username: login,
    email: `${login}@example.org`,
    email_verified: true,
  };
}

function findAccount(_, sub) {
  const person = personOf(subs.get(sub) ?? sub.slice(STRANGER.length));
  return person?.sub === sub ? { accountId: sub, claims: () => person } : undefined;
}

function signingKey(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `${alg}-${randomBytes(4).toString("hex")}` };
}

// The library asks people at each login by a native client, which ours is in name only (settings.mjs).
function policy() {
  const prompts = interactionPolicy.base();
  prompts.get("consent").checks.remove("native_client_prompt");
  return prompts;
}

function configuration() {
  return {
    clients: clients(settings),
    findAccount,
    claims: {
      openid: ["sub"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    // Keycloak, Entra and Google write a person's claims into the ID token; the library's own way, with `false`, is to
    // leave them to the userinfo endpoint.
    conformIdTokenClaims: !settings.id_token_claims,
    pkce: { required: () => true },
    jwks: {
      keys: [
        signingKey("RS256", "rsa", { modulusLength: 2048 }),
        signingKey("ES256", "ec", { namedCurve: "P-256" }),
        signingKey("EdDSA", "ed25519"),
      ],
    },
    cookies: { keys: [randomBytes(32)], long: { sameSite: "lax" }, short: { sameSite: "lax" } },
    interactions: { policy: policy(), url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant,
    ttl: {
      AccessToken: settings.access_token_ttl,
      AuthorizationCode: 60,
      Grant: 86400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 86400,
      Session: 86400,
    },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => (settings.access_tokens === "jwt" ? "urn:vestibule" : undefined),
        useGrantedResource: () => true,
        getResourceServerInfo: (_, __, client) => ({
          scope: "openid profile email",
          audience: client.clientId,
          accessTokenTTL: settings.access_token_ttl,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    renderError: (ctx, facts) => show(ctx, "That did not work", pages.error(facts)),
  };
}

async function loadExistingGrant(ctx) {
  const { client, provider, result, session } = ctx.oidc;
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  if (id) return provider.Grant.find(id);
  if (settings.consent) return undefined;
  const resources = Object.keys(ctx.oidc.resourceServers ?? {});
  const grant = await granted(provider, client.clientId, session.accountId, resources);
  await grant.save();
  return grant;
}

function show(ctx, title, body) {
  ctx.type = "html";
  ctx.body = pages.page(title, body);
}

function logoutSource(ctx, form) {
  show(ctx, "Sign out", `${form}<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`);
}

function postLogoutSuccessSource(ctx) {
  show(ctx, "Signed out", "<p>You are signed out here.</p>");
}

// The issuer is known when the port is, and there is no request before the issuer was told.
const server = createServer();
server.on("error", (fault) => {
  console.error(`provider: ${fault.message}`);
  process.exit(1);
});
server.listen(settings.port, HOST, () => {
  const issuer = `http://${HOST}:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  provider.on("server_error", (_, fault) => console.error("provider:", fault));
  const interactions = interaction(provider, settings, personOf);
  const library = provider.callback();
  server.on("request", async (request, response) => {
    if (!(await interactions(request, response))) library(request, response);
  });
  console.log(JSON.stringify({ issuer, people: Object.keys(settings.people) }));
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
