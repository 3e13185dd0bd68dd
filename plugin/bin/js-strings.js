'use strict';
// Finds the translatable strings of a script, of its source or of what was built from it. WordPress looks
// translations up by the name of the script the browser loads.
const ts = require('typescript');

const FUNCTIONS = {
  __: { text: 0 },
  _x: { text: 0, context: 1 },
  _n: { text: 0, plural: 1 },
  _nx: { text: 0, plural: 1, context: 3 },
};

/** The name of what is called: `__`, `i18n.__`, or `(0, i18n.__)` as the minifier writes it. */
function calledName(expression) {
  if (ts.isParenthesizedExpression(expression)) return calledName(expression.expression);
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.CommaToken) {
    return calledName(expression.right);
  }
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : '';
}

function translatorsComment(source, node) {
  // The comment stands before the string, the call, or the call around it (sprintf).
  for (let at = node, steps = 0; at !== undefined && steps < 4; at = at.parent, steps++) {
    const start = at.getFullStart();
    const near = [ts.getTrailingCommentRanges, ts.getLeadingCommentRanges].flatMap((read) => read(source.text, start) ?? []);
    for (const range of near) {
      const said = /translators:\s*([\s\S]*?)\s*\*\/$/i.exec(source.text.slice(range.pos, range.end));
      if (said) return said[1];
    }
  }
  return undefined;
}

/**
 * @param {string} code A script.
 * @param {string} domain The text domain; strings of others (the bundled packages) are left out.
 * @returns {{text: string, plural?: string, context?: string, comment?: string, line: number}[]}
 */
function jsStrings(code, domain) {
  const source = ts.createSourceFile('script.js', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found = [];
  const visit = (node) => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node)) return;
    const positions = FUNCTIONS[calledName(node.expression)];
    const values = node.arguments.map((one) => (ts.isStringLiteralLike(one) ? one.text : null));
    if (positions === undefined || values.at(-1) !== domain) return;
    const comment = translatorsComment(source, node) ?? translatorsComment(source, node.arguments[0]);
    found.push({
      ...Object.fromEntries(Object.entries(positions).map(([role, position]) => [role, values[position]])),
      ...(comment === undefined ? {} : { comment }),
      line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    });
  };
  visit(source);
  return found;
}

module.exports = { jsStrings };
