// A back end in Node.js, for the black-box tests: it holds tokens to a published JWK Set as npm's `jose` does, over one
// long run, so that what `jose` remembers of the set counts.
//
// One JSON value a line on standard input, one a line on standard output:
//   {"url": JWK Set, "issuer": ..., "audience": ..., "algorithms": [...]}   once, first; answered with {"ready": true}
//   {"token": ...}   -> {"header": ..., "payload": ...}, or {"code": jose's word for what is wrong}

import { createInterface } from "node:readline";

import { createRemoteJWKSet, jwtVerify } from "jose";

let keys, rules;

for await (const line of createInterface({ input: process.stdin })) {
  const { token, url, ...told } = JSON.parse(line);
  let answer;
  if (url) {
    // A key that was made a moment ago must be found: no pause between two looks at the set.
    keys = createRemoteJWKSet(new URL(url), { cooldownDuration: 0 });
    rules = told;
    answer = { ready: true };
  } else {
    answer = await jwtVerify(token, keys, rules).then(
      ({ protectedHeader, payload }) => ({ header: protectedHeader, payload }),
      ({ code, message }) => ({ code: code ?? message }),
    );
  }
  console.log(JSON.stringify(answer));
}
