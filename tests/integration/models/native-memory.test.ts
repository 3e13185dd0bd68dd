import { execFileSync } from 'node:child_process';
import path from 'node:path';

// Memory of onnxruntime that JavaScript's garbage collector does not see.

let told: any;
beforeAll(() => {
  const script = path.resolve(__dirname, '../../support/models/native-memory.cjs');
  told = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
}, 60_000);

test('outputs are freed where one of them is of a type that is not known', () => {
  expect(told.growth.message).toContain('not known');
  // 1,280 MB were given out.
  expect(told.growth.megabytes).toBeLessThan(200);
});

test('a graph is closed again where the next one of the model cannot be opened', () => {
  expect(told.graphs.message).toContain('decoder.onnx');
  expect(told.graphs.closed).toBe(1);
});

test('what a step was given is freed where the step fails', () => {
  expect(told.step.message).not.toBeNull();
  expect(told.step.given).toBeGreaterThan(4);
  expect(told.step.held).toBe(0);
});

test('a closed model has forgotten its pictures, and says that it is closed instead of ending the process', () => {
  expect(told.closed.remembered).toBeGreaterThan(0);
  expect(told.closed.held).toBe(0);
  expect(told.closed.message).toContain('closed');
});
