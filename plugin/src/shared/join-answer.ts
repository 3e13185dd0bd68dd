/** What stands between the parts of a list, where it is not a comma and a space. */
const COMMAS: Readonly<Record<string, string>> = { ar: '، ', fa: '، ', ur: '، ', ja: '、', zh: '，' };
const LAST_MARK = /[.!?。．！？]$/u;

/** A text with the answer to a question at its end, in front of its last mark. Pure. */
export function joinAnswer(text: string, answer: string, language: string): string {
  const before = text.trim();
  const added = answer.trim().replace(LAST_MARK, '');
  if (before === '' || added === '') return before + added;
  const [mark = ''] = LAST_MARK.exec(before) ?? [];
  const comma = COMMAS[language.split('-')[0] ?? ''] ?? ', ';
  return `${before.slice(0, before.length - mark.length)}${comma}${added}${mark}`;
}
