import type { CaptionOptions } from '../../contract/caption';
import { query } from '../connection/query';

export type Language = 'curl' | 'javascript' | 'python';

/** What was asked on the page. */
export interface SnippetRequest {
  readonly origin: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly options: CaptionOptions;
}

const forShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
/** A JSON string is a string of JavaScript, and of Python too once everything beyond ASCII is escaped. */
const forCode = (text: string) =>
  JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A program that does what was just done on the page. The key comes from the environment: the page cannot read it. */
export function snippet(language: Language, asked: SnippetRequest): string {
  const url = `${asked.origin}/v1/captions${query(asked.options)}`;
  const type = asked.mediaType;
  const member = asked.options.question === undefined ? 'alt_text' : 'answer';
  switch (language) {
    case 'curl':
      return [
        `curl -sS ${forShell(url)} \\`,
        `  -H "Authorization: Bearer $ALTSMITH_KEY" \\`,
        `  -H ${forShell(`Content-Type: ${type}`)} \\`,
        // An @ in the name of a file needs no care here: only the first one is curl's.
        `  --data-binary @${forShell(asked.fileName)}`,
      ].join('\n');
    case 'javascript':
      return [
        `// Node 20 or later`,
        `const { readFileSync } = require('node:fs');`,
        ``,
        `fetch(${forCode(url)}, {`,
        `  method: 'POST',`,
        `  headers: { authorization: \`Bearer \${process.env.ALTSMITH_KEY}\`, 'content-type': ${forCode(type)} },`,
        `  body: readFileSync(${forCode(asked.fileName)}),`,
        `})`,
        `  .then((answer) => answer.json())`,
        `  .then((reply) => console.log(reply.error ?? reply.${member}));`,
      ].join('\n');
    case 'python':
      return [
        `import json, os, urllib.request`,
        ``,
        `with open(${forCode(asked.fileName)}, "rb") as picture:`,
        `    request = urllib.request.Request(`,
        `        ${forCode(url)},`,
        `        data=picture.read(),`,
        `        headers={"Authorization": "Bearer " + os.environ["ALTSMITH_KEY"], "Content-Type": ${forCode(type)}},`,
        `    )`,
        `with urllib.request.urlopen(request) as answer:`,
        `    print(json.load(answer)["${member}"])`,
      ].join('\n');
  }
}
