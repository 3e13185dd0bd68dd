import ts from 'typescript';
import type { SourceTree } from '../source-tree';

const LISTENING = new Set(['on', 'once', 'addListener', 'prependListener', 'addEventListener']);
const GUARDS = new Set(['guarded', 'inBackground']);
/** Methods and functions that do not throw, whatever the machine is short of. */
const CALM_METHODS =
  /^(?:on|once|addEventListener|abort|kill|destroy|resume|exit|find|removeEventListener|removeListener|off|delete|toString|slice|push|debug|info|warn|error|fatal)$/;
const CALM_FUNCTIONS = /^(?:clearTimeout|clearInterval|String|Number|resolve|reject)$/;
const ERROR = /Error$/;
const STARTS_SOMETHING = /\b(?:fork|spawn)\(|\bnew Worker\(/;

type Function = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration;

/**
 * Listeners of events that may throw: nobody calls them, so one EROFS in a clean-up ends the whole process. A listener is
 * `guarded(…)`, ends a promise, or calls nothing that could throw.
 */
export function unguardedListeners(tree: SourceTree): string[] {
  return [...tree].flatMap(([file, text]) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (isListening(node)) {
        const [event, listener] = node.arguments;
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        const tell = (what: string) => found.push(`${file}:${line + 1}: ${what}`);
        if (!isSafe(listener, new Set())) tell('a listener that nothing guards');
        if (nameOf(node) === 'once' && event?.getText() === "'error'") tell('a second error has no listener');
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/** Files that start a process or a thread, and have no listener for its errors. */
export function withoutErrorListener(tree: SourceTree): string[] {
  return [...tree]
    .filter(([, text]) => STARTS_SOMETHING.test(text) && !/\.on\(\s*'error',/.test(text))
    .map(([file]) => file);
}

function nameOf(node: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '';
}

function isListening(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && LISTENING.has(nameOf(node)) && node.arguments.length > 1;
}

function isSafe(listener: ts.Expression | undefined, seen: Set<ts.Node>): boolean {
  if (listener === undefined) return false;
  if (ts.isCallExpression(listener)) return GUARDS.has(listener.expression.getText());
  if (ts.isArrowFunction(listener) || ts.isFunctionExpression(listener)) return isCalm(listener, seen);
  return endsPromise(listener) || isSafeDeclaration(listener, seen);
}

/** True for `resolve` and `reject`, under whatever names, within the function that a promise is made with. */
function endsPromise(callee: ts.Expression): boolean {
  if (!ts.isIdentifier(callee)) return false;
  for (let node: ts.Node = callee; !ts.isSourceFile(node); node = node.parent) {
    if (makesPromise(node) && node.parameters.some(({ name }) => name.getText() === callee.text)) return true;
  }
  return false;
}

function makesPromise(node: ts.Node): node is ts.ArrowFunction {
  return ts.isArrowFunction(node) && ts.isNewExpression(node.parent) && node.parent.expression.getText() === 'Promise';
}

/** What the same file says of a name, or of a member of `this`. */
function isSafeDeclaration(callee: ts.Expression, seen: Set<ts.Node>): boolean {
  const isMember = ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.ThisKeyword;
  if (!isMember && !ts.isIdentifier(callee)) return false;
  const name = isMember ? callee.name.text : callee.getText();
  const safe: boolean[] = [];
  const visit = (node: ts.Node): void => {
    const isThis = (isMember && declaresMember(node)) || (!isMember && declaresName(node));
    if (isThis && node.name?.getText() === name) safe.push(isSafeNode(node, seen));
    ts.forEachChild(node, visit);
  };
  visit(callee.getSourceFile());
  return safe.length > 0 && safe.every((one) => one);
}

type Member = ts.MethodDeclaration | ts.PropertyDeclaration;
type Named = ts.FunctionDeclaration | ts.VariableDeclaration;

function declaresMember(node: ts.Node): node is Member {
  return ts.isMethodDeclaration(node) || ts.isPropertyDeclaration(node);
}

function declaresName(node: ts.Node): node is Named {
  return ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node);
}

function isSafeNode(node: Member | Named, seen: Set<ts.Node>): boolean {
  if (ts.isMethodDeclaration(node) || ts.isFunctionDeclaration(node)) return isCalm(node, seen);
  return isSafe(node.initializer, seen);
}

function isCalm(work: Function, seen: Set<ts.Node>): boolean {
  if (seen.has(work)) return true;
  seen.add(work);
  if (work.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true) return false;
  const visit = (node: ts.Node): boolean => {
    if (ts.isThrowStatement(node)) return false;
    if (ts.isNewExpression(node) && !ERROR.test(node.expression.getText())) return false;
    if (!ts.isCallExpression(node)) return every(node, visit);
    const { expression: callee } = node;
    if (GUARDS.has(callee.getText())) return true;
    return (isCalmCallee(callee, visit) || isSafeDeclaration(callee, seen)) && node.arguments.every(visit);
  };
  return work.body === undefined || visit(work.body);
}

function isCalmCallee(callee: ts.Expression, isCalmNode: (node: ts.Node) => boolean): boolean {
  if (ts.isPropertyAccessExpression(callee))
    return CALM_METHODS.test(callee.name.text) && isCalmNode(callee.expression);
  return endsPromise(callee) || (ts.isIdentifier(callee) && CALM_FUNCTIONS.test(callee.text));
}

function every(node: ts.Node, holds: (child: ts.Node) => boolean): boolean {
  let all = true;
  ts.forEachChild(node, (child) => {
    all &&= holds(child);
  });
  return all;
}
