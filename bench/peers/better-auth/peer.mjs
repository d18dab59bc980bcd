// better-auth with its own handler on node:http, as its documentation has it: e-mail address and password, sessions in the
// database, no plugin, no limits by rate. Passwords by @node-rs/argon2, the fastest binding of Argon2 for Node.js that there
// is (a libsodium's and the reference implementation's take nearly twice as long). A peer of the benchmark; for nothing
// else.
//
//   peer.mjs prepare URL PASSWORD EMAIL...  makes the tables and users in an empty PostgreSQL database
//   peer.mjs serve URL HOST PORT            serves until it is ended, with one process a core
import cluster from 'node:cluster';
import http from 'node:http';
import os from 'node:os';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const [word, url, ...rest] = process.argv.slice(2);
// Vestibule's default cost.
const cost = { algorithm: Algorithm.Argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 };

function auth(baseURL) {
  return betterAuth({
    baseURL,
    secret: 'for a benchmark only, and long enough',
    database: new pg.Pool({ connectionString: url, max: 10 }),
    emailAndPassword: {
      enabled: true,
      password: {
        hash: (password) => hash(password, cost),
        verify: ({ hash, password }) => verify(hash, password),
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

async function prepare([password, ...emails]) {
  const made = auth('http://localhost');
  const { runMigrations } = await getMigrations(made.options);
  await runMigrations();
  for (const email of emails) {
    await made.api.signUpEmail({ body: { name: email.split('@')[0], email, password } });
  }
  process.exit(0);
}

function serve([host, port]) {
  if (cluster.isPrimary) {
    const workers = os.availableParallelism();
    for (let worker = 0; worker < workers; worker++) cluster.fork();
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill();
      process.exit(0);
    });
    return;
  }
  http.createServer(toNodeHandler(auth(`http://${host}:${port}`))).listen(Number(port), host);
}

if (word === 'prepare') await prepare(rest);
else if (word === 'serve') serve(rest);
else throw new Error('prepare or serve is wanted');
