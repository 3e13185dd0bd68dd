'use strict';
// Finds the translatable strings of a PHP file without PHP: reads it token by token, as far as strings and comments go.

/** Which argument (from 0) of each function is the text, the plural and the context. */
const FUNCTIONS = {
  __: { text: 0 },
  _e: { text: 0 },
  esc_html__: { text: 0 },
  esc_html_e: { text: 0 },
  esc_attr__: { text: 0 },
  esc_attr_e: { text: 0 },
  _x: { text: 0, context: 1 },
  _ex: { text: 0, context: 1 },
  esc_html_x: { text: 0, context: 1 },
  esc_attr_x: { text: 0, context: 1 },
  _n: { text: 0, plural: 1 },
  _n_noop: { text: 0, plural: 1 },
  _nx: { text: 0, plural: 1, context: 3 },
};

// Comments, heredocs, both kinds of strings, names, and any other single character.
const TOKEN =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*|#(?!\[)[^\n]*)|(?<heredoc><<<\s*['"]?(?<tag>\w+)['"]?\n[\s\S]*?\n\s*\k<tag>\b)|(?<single>'(?:\\[\s\S]|[^'\\])*')|(?<double>"(?:\\[\s\S]|[^"\\])*")|(?<name>[A-Za-z_]\w*)|(?<space>\s+)|(?<other>[\s\S])/gu;

/** The value of a literal; null for one whose value is known only when the program runs. */
function literal({ groups }) {
  if (groups.single !== undefined) return groups.single.slice(1, -1).replace(/\\([\\'])/g, '$1');
  if (groups.double === undefined || /(?<!\\)[$]/.test(groups.double)) return null;
  const escapes = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', $: '$' };
  return groups.double.slice(1, -1).replace(/\\([ntr"\\$])/g, (_, sign) => escapes[sign]);
}

/**
 * @param {string} source A PHP file.
 * @param {string} domain The text domain; strings of others are left out.
 * @returns {{text: string, plural?: string, context?: string, comment?: string, line: number}[]}
 */
function phpStrings(source, domain) {
  const start = source.indexOf('<?php');
  const tokens = [...source.slice(Math.max(0, start)).matchAll(TOKEN)].filter((token) => token.groups.space === undefined);
  const lineOf = (token) => source.slice(0, token.index + Math.max(0, start)).split('\n').length;
  const found = [];
  let comment = null;
  tokens.forEach((token, index) => {
    if (token.groups.comment !== undefined) {
      const said = /^\/[*/]+\s*translators:\s*([\s\S]*?)\s*(?:\*\/)?$/i.exec(token.groups.comment);
      if (said) comment = { text: said[1], line: lineOf(token) };
      return;
    }
    const positions = FUNCTIONS[token.groups.name ?? ''];
    const isCall = positions !== undefined && tokens[index + 1]?.[0] === '(';
    if (!isCall || isMember(tokens[index - 2]?.[0], tokens[index - 1]?.[0])) return;
    const values = callArguments(tokens, index + 2);
    if (values.at(-1) !== domain) return;
    const line = lineOf(token);
    found.push({
      ...Object.fromEntries(Object.entries(positions).map(([role, position]) => [role, values[position]])),
      ...(comment !== null && line - comment.line <= 2 ? { comment: comment.text } : {}),
      line,
    });
    comment = null;
  });
  return found;
}

/** Whether the name that follows is defined here, or belongs to an object or a class. */
function isMember(before, last) {
  return last === 'function' || (before === '-' && last === '>') || (before === ':' && last === ':');
}

/** The values of a call's arguments; null where one is not a single literal. */
function callArguments(tokens, from) {
  const values = [];
  let parts = [];
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const word = tokens[i][0];
    if (depth === 0 && (word === ',' || word === ')')) {
      if (parts.length > 0) values.push(parts.length === 1 ? literal(parts[0]) : null);
      parts = [];
      if (word === ')') return values;
      continue;
    }
    if ('([{'.includes(word)) depth++;
    if (')]}'.includes(word)) depth--;
    if (tokens[i].groups.comment === undefined) parts.push(tokens[i]);
  }
  return values;
}

module.exports = { phpStrings };
