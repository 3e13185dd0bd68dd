import ts from 'typescript';
import type { SourceTree } from '../source-tree';

const GUARDED_PRIORITY = 'server/own-priority.ts';
const TIMERS = new Set(['setInterval', 'setTimeout', 'setImmediate']);
/** Calls that cannot throw, as the whole body of a callback. */
const HARMLESS =
  /^(?:\w+(?:\.#?\w+)*\.abort\(\)|process\.exit\([\w.]*\)|resolve\([\w.]*\)|reject\([^()]*(?:\([^()]*\))?\))$/;

/**
 * Work that nobody waits for and that nothing guards: one SQLITE_FULL in it ends the whole process. A timer takes
 * `guarded(…)`, or what only ends a promise, aborts or exits; a promise that is not waited for goes through `inBackground`.
 */
export function unguarded(tree: SourceTree): string[] {
  return [...tree].flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    const found: string[] = [];
    const tell = (node: ts.Node, what: string) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1}: ${what}`);
    };
    const visit = (node: ts.Node, endsPromise: boolean): void => {
      if (ts.isVoidExpression(node) && ts.isCallExpression(node.expression)) tell(node, 'a promise nobody looks at');
      if (isTimer(node) && !isSafe(node.arguments[0], endsPromise)) tell(node, 'a timer that nothing guards');
      const inside = endsPromise || (ts.isNewExpression(node) && node.expression.getText() === 'Promise');
      ts.forEachChild(node, (child) => visit(child, inside));
    };
    visit(source, false);
    return found;
  });
}

/** The global functions; those of node:timers/promises are imported under other names, and are waited for. */
function isTimer(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && TIMERS.has(node.expression.text);
}

function isSafe(callback: ts.Expression | undefined, endsPromise: boolean): boolean {
  if (callback === undefined) return false;
  if (ts.isCallExpression(callback)) return callback.expression.getText() === 'guarded';
  // `new Promise((resolve) => { const timer = setTimeout(done, ms); … })`
  if (ts.isIdentifier(callback)) return endsPromise;
  if (!ts.isArrowFunction(callback)) return false;
  const { body } = callback;
  if (!ts.isBlock(body)) return HARMLESS.test(body.getText());
  const [only, ...more] = body.statements;
  return only !== undefined && more.length === 0 && HARMLESS.test(only.getText().replace(/;$/, ''));
}

/**
 * Calls that may be refused by the system, as by `SystemCallFilter=~@resources` of a systemd unit, and end a process where
 * nothing guards them: only the one function that does may make them.
 */
export function unguardedPriorities(tree: SourceTree): string[] {
  return [...tree]
    .filter(([file, text]) => text.includes('setPriority(') && file !== GUARDED_PRIORITY)
    .map(([file]) => file);
}
