import type { Picture } from './picture';

export type Format = 'txt' | 'json' | 'csv';

/** Spreadsheets run a cell that begins like this as a formula, even inside quotes; some after a tab or a line break. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** One cell: quoted, and kept from being run. The apostrophe is how spreadsheets mark a text. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

const HEAD = ['file', 'alt_text', 'caption', 'confidence', 'flags', 'seconds', 'model', 'demonstration', 'error'];

function row({ name, reply, error }: Picture): string[] {
  if (reply === null) return [name, '', '', '', '', '', '', '', error === null ? 'not done' : error.code];
  return [
    name,
    reply.alt_text,
    reply.caption,
    reply.model.calibrated ? String(reply.confidence) : '',
    reply.flags.map((flag) => flag.code).join(' '),
    (reply.timings.total / 1000).toFixed(3),
    `${reply.model.id} ${reply.model.precision}`,
    reply.model.demonstration ? 'yes' : 'no',
    '',
  ];
}

const onOneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The results as the text of a file. */
export function asText(pictures: readonly Picture[], format: Format): string {
  if (format === 'csv') {
    // With the mark, spreadsheets read UTF-8 as UTF-8.
    return `\ufeff${[HEAD, ...pictures.map(row)].map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
  }
  if (format === 'txt') {
    const lines = pictures.map(({ name, reply }) => `${onOneLine(name)}\t${onOneLine(reply?.alt_text ?? '')}`);
    return `${lines.join('\n')}\n`;
  }
  const items = pictures.map(({ name, reply, error, answers }) => ({
    file: name,
    ...(reply ?? { error: error?.code ?? 'not done' }),
    answers: answers.flatMap(({ question, reply: answer }) =>
      answer === null ? [] : [{ question, answer: answer.answer, confidence: answer.confidence }],
    ),
  }));
  return `${JSON.stringify(items, null, 2)}\n`;
}
