import { execFile } from 'node:child_process';
import path from 'node:path';
import { ok, problem, type Finding } from './check';

/** Modules with machine code, and what does not work without them. */
const NATIVE: Readonly<Record<string, string>> = {
  'better-sqlite3': 'nothing can be stored',
  sharp: 'no picture can be decoded',
  'onnxruntime-node': 'no model can run',
  koffi: 'no model can run',
};
const DEADLINE_MS = 20_000;
/** As in models/session/no-telemetry.ts: loading it must call nobody. */
const QUIET = { ...process.env, ORT_DISABLE_TELEMETRY: '1' };

/** Each is loaded in a process of its own: one built for another machine may end the process that loads it. */
export async function lookAtNativeModules(): Promise<readonly Finding[]> {
  return Promise.all(Object.entries(NATIVE).map(([name, loss]) => lookAtModule(name, loss)));
}

async function lookAtModule(name: string, loss: string): Promise<Finding> {
  const failure = await loadElsewhere(name);
  if (failure === null) return ok(`${name} can be loaded.`);
  return problem(
    `${name} cannot be loaded, so ${loss}: ${failure}`,
    'Install it again on this very machine and with this very Node ("npm ci" in a checkout); packages copied from another do not fit.',
  );
}

/** Null when it can be loaded, else the first line that tells why not. */
function loadElsewhere(name: string): Promise<string | null> {
  const load = `require(${JSON.stringify(name)})`;
  // Its machine code is loaded with the first database.
  const args = ['-e', name === 'better-sqlite3' ? `new (${load})(':memory:')` : load];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      // Modules are looked for from where our own files lie.
      { cwd: path.resolve(__dirname, '../../..'), timeout: DEADLINE_MS, env: QUIET },
      (error, _stdout, stderr) => {
        if (error === null) resolve(null);
        else resolve(/^\w*Error: .*$/m.exec(stderr)?.[0] ?? `the process ended with ${endOf(child)}`);
      },
    );
  });
}

function endOf(child: { exitCode: number | null; signalCode: NodeJS.Signals | null }): string {
  return child.signalCode ?? `code ${String(child.exitCode)}`;
}
