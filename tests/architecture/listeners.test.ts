import { unguardedListeners, withoutErrorListener } from './rules/listeners';
import { readSourceTree, sampleTree } from './source-tree';

/** What runs in the process of the sidecar. A command, a child process and a thread report their own end. */
const tree = readSourceTree((file) =>
  /^server\/(?!console\/|cli\/|background\.ts)(?!.*(?:worker-process|probe-process|-thread)\.ts$).*\.ts$/.test(file),
);

test('no listener of an event can end the process', () => {
  expect(tree.size).toBeGreaterThan(100);
  expect(unguardedListeners(tree)).toEqual([]);
});

test('the errors of every process and thread have a listener', () => {
  expect(withoutErrorListener(tree)).toEqual([]);
  expect(withoutErrorListener(sampleTree({ 'server/a.ts': "const child = fork('b.js');" }))).toEqual(['server/a.ts']);
});

test.each([
  ["response.once('close', () => pictures.remove(one));"],
  ["response.once('close', () => { for (const one of mine) rmSync(one); });"],
  ["child.on('message', (message) => this.receive(Message.parse(message)));"],
  ["worker.on('exit', () => { worker = new Worker(file); });"],
  ["file.once('end', () => { closeSync(fd); });"],
  ["new Promise((done) => { child.on('exit', () => { done(store.read()); }); });"],
  ["const end = () => store.write(); child.on('exit', end);"],
  ["class A { b() { this.c.on('exit', () => this.#d()); } #d() { this.e.write(); } }"],
  ["child.once('error', reject);"],
  ["new Promise((resolve, reject) => { child.once('error', reject); });"],
  ["signal.addEventListener('abort', async () => { await store.end(); });"],
  ["stream.on('data', handler);"],
])('the rule finds %s', (text) => {
  expect(unguardedListeners(sampleTree({ 'server/a.ts': text }))).not.toEqual([]);
});

test.each([
  ["child.on('message', guarded((message: unknown) => this.receive(message), failed));"],
  ["response.once('close', () => { for (const one of mine) inBackground(() => rmSync(one), failed); });"],
  ["new Promise((done, refuse) => { child.on('error', refuse); child.once('exit', () => done(null)); });"],
  ["client.on('error', (error) => (cause = error));"],
  ["process.on('disconnect', () => process.exit(0));"],
  ["const stop = () => child.kill('SIGKILL'); signal.addEventListener('abort', stop);"],
  ["class A { b() { this.c.on('exit', () => this.#d()); } #d() { this.isOver = true; clearTimeout(this.e); } }"],
])('and leaves %s alone', (text) => {
  expect(unguardedListeners(sampleTree({ 'server/a.ts': text }))).toEqual([]);
});
