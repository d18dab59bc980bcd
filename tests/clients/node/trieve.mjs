// npm's client of the trieve dialect, unmodified, for the black-box tests: what it is told on standard input, and what came
// of it on standard output. Both are one JSON value; the tests judge it.
//
//   {"options": {"apiKey", "baseUrl", "organizationId"?}, "calls": [[path, method, body?]]}
//   -> [{"value": ...} or {"refused": TEXT}]

import { text } from "node:stream/consumers";

import { TrieveSDK } from "trieve-ts-sdk";

const { options, calls } = JSON.parse(await text(process.stdin));
const sdk = new TrieveSDK(options);
const told = [];
for (const [path, method, more] of calls) {
  try {
    told.push({ value: (await sdk.trieve.fetch(path, method, more)) ?? null });
  } catch (error) {
    told.push({ refused: String(error?.message ?? error) });
  }
}
console.log(JSON.stringify(told));
