// A login under way: who somebody is, and whether the client may know. The library keeps its state.

import * as pages from "./pages.mjs";

const PATH = /^\/interaction\/([\w-]+)(?:\/(login|consent|cancel))?$/;
const BODY_BYTES = 4096;

/** Serves the pages below `/interaction/`; `false` for every other path. */
export function interaction(provider, settings, personOf) {
  return async (request, response) => {
    const [, uid, step] = PATH.exec(new URL(request.url, provider.issuer).pathname) ?? [];
    if (!uid) return false;
    try {
      const details = await provider.interactionDetails(request, response);
      await steps[`${request.method} ${step ?? "page"}`](provider, settings, personOf, details, request, response);
    } catch (fault) {
      // No such interaction, its cookie did not come along, or no such step.
      pages.send(response, 400, "That login is over", `<p>Begin again where you came from.</p>${pages.error({ fault: fault.message })}`);
    }
    return true;
  };
}

const steps = {
  "GET page": async (provider, settings, _, details, request, response) => {
    const action = `/interaction/${details.uid}`;
    const { clientName, clientId } = await provider.Client.find(details.params.client_id);
    const client = clientName ?? clientId;
    if (details.prompt.name === "login") {
      pages.send(response, 200, "Sign in", pages.login({ action, client, people: settings.people }));
    } else {
      const scopes = (details.params.scope ?? "").split(" ").filter(Boolean);
      pages.send(response, 200, "Allow access", pages.consent({ action, client, scopes }));
    }
  },

  "POST login": async (provider, settings, personOf, details, request, response) => {
    const form = await read(request);
    const login = form.get("login")?.trim() ?? "";
    const person = personOf(login);
    if (!person) {
      const { clientName, clientId } = await provider.Client.find(details.params.client_id);
      const again = { action: `/interaction/${details.uid}`, client: clientName ?? clientId, people: settings.people, wrong: true };
      return pages.send(response, 400, "Sign in", pages.login(again));
    }
    await provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  },

  "POST consent": async (provider, settings, _, details, request, response) => {
    const { missingResourceScopes = {} } = details.prompt.details;
    const { grantId, params, session } = details;
    const grant = await granted(provider, params.client_id, session.accountId, Object.keys(missingResourceScopes), grantId);
    const result = { consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  },

  "GET cancel": async (provider, settings, _, details, request, response) => {
    const result = { error: "access_denied", error_description: "somebody pressed Cancel" };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  },
};

const SCOPE = "openid profile email";

/** Everything there is to grant, at this provider and at the resources that access tokens are asked for. */
export async function granted(provider, clientId, accountId, resources, grantId) {
  const grant = (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ clientId, accountId });
  grant.addOIDCScope(SCOPE);
  for (const resource of resources) grant.addResourceScope(resource, SCOPE);
  return grant;
}

async function read(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > BODY_BYTES) throw new Error("the form is too long");
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
