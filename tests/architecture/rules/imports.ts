import path from 'node:path';
import ts from 'typescript';
import type { SourceTree } from '../source-tree';

export interface Import {
  readonly from: string;
  /** Path in the tree for our own files, else the bare name of the package. */
  readonly to: string;
  readonly isPackage: boolean;
  /** `import type`: gone at run time. */
  readonly typeOnly: boolean;
}

/** Every import of every TypeScript file of the tree: static, dynamic, `require`, re-export. */
export function readImports(tree: SourceTree): Import[] {
  return [...tree].filter(([file]) => /\.tsx?$/.test(file)).flatMap(([file, text]) => importsOf(tree, file, text));
}

function importsOf(tree: SourceTree, file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      found.push({ from: file, ...resolve(tree, file, specifier.text), typeOnly });
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}

function isLoader(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function resolve(tree: SourceTree, from: string, specifier: string): { to: string; isPackage: boolean } {
  if (!specifier.startsWith('.')) {
    const words = specifier.split('/');
    return { to: words.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'), isPackage: true };
  }
  const plain = path.posix.join(path.posix.dirname(from), specifier);
  const candidates = [plain, `${plain}.ts`, `${plain}.tsx`, `${plain}/index.ts`];
  return { to: candidates.find((candidate) => tree.has(candidate)) ?? plain, isPackage: false };
}

/** What `entry` loads at run time, directly or through others: our files and packages. */
export function reachableFrom(entry: string, imports: readonly Import[]): Set<string> {
  const seen = new Set<string>([entry]);
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    for (const { to } of imports.filter((one) => one.from === file && !one.typeOnly)) {
      if (seen.has(to)) continue;
      seen.add(to);
      waiting.push(to);
    }
  }
  return seen;
}
