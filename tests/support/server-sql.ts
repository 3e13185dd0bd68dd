import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { readSourceTree, ROOT } from '../architecture/source-tree';

export interface FoundSql {
  readonly file: string;
  readonly sql: string;
}

const BEGINS_SQL = /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b[^]*\b(FROM|INTO|SET)\b/;

/** Every statement in the sources of the server: text literals that begin like SQL, and the .sql files beside them. */
export function sqlOfTheServer(): { statements: FoundSql[]; unread: string[] } {
  const statements: FoundSql[] = [];
  const unread: string[] = [];
  const sources = readSourceTree((file) => /^server\/.*\.(ts|sql)$/.test(file) && !file.includes('/migrations/'));
  for (const [file, text] of sources) {
    if (file.endsWith('.sql')) {
      if (file.includes('/sql/')) statements.push({ file, sql: text });
      continue;
    }
    const source = parse(file, text);
    visit(source, (node) => {
      if (!isText(node) || !BEGINS_SQL.test(node.getText().slice(1))) return;
      const found = valuesOf(node, source, file);
      if (found === null) unread.push(`${file}: ${node.getText().replace(/\s+/g, ' ').slice(0, 100)}`);
      else statements.push(...found.map((sql) => ({ file, sql })));
    });
  }
  return { statements, unread };
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function isText(node: ts.Node): node is ts.Expression {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** What a text can be, with the constants it is made of; null when that is only known at run time. */
function valuesOf(node: ts.Expression, source: ts.SourceFile, file: string): string[] | null {
  if (ts.isParenthesizedExpression(node)) return valuesOf(node.expression, source, file);
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return [node.text];
  if (ts.isConditionalExpression(node)) {
    return joined([valuesOf(node.whenTrue, source, file), valuesOf(node.whenFalse, source, file)]);
  }
  if (ts.isIdentifier(node)) return valuesOfName(node.text, source, file);
  if (!ts.isTemplateExpression(node)) return null;
  let values: string[] = [node.head.text];
  for (const span of node.templateSpans) {
    // What is set does not change how the row is found.
    const isAssignments = /\bSET $/.test(values[0] ?? '');
    const inner = valuesOf(span.expression, source, file) ?? (isAssignments ? ['site_id = site_id'] : null);
    if (inner === null) return null;
    values = values.flatMap((value) => inner.map((one) => value + one + span.literal.text));
  }
  return values;
}

function joined(parts: readonly (string[] | null)[]): string[] | null {
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

/** A constant of the file, or one that it imports. */
function valuesOfName(name: string, source: ts.SourceFile, file: string): string[] | null {
  let found: string[] | null = null;
  visit(source, (node) => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer !== undefined) {
      found ??= valuesOf(node.initializer, source, file);
    }
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const names = node.importClause?.namedBindings;
    if (names === undefined || !ts.isNamedImports(names)) return;
    if (!names.elements.some((element) => element.name.text === name) || !node.moduleSpecifier.text.startsWith('.'))
      return;
    const other = `${path.join(path.dirname(file), node.moduleSpecifier.text)}.ts`;
    found ??= valuesOfName(name, parse(other, readFileSync(path.join(ROOT, other), 'utf8')), other);
  });
  return found;
}
