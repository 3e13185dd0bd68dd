import type { RowScores, Row, Step } from '../../../../models/search/search';

/** Probabilities of the next token, by the words said so far ('' at the start). */
export type Table = Readonly<Record<string, readonly number[]>>;

/** A decoder that is a table: five words, no model. It remembers sentences by row, as the real one does in its cache. */
export function tableStep(table: Table): { step: Step; calls: (readonly Row[])[] } {
  let sentences: string[] = [];
  const calls: (readonly Row[])[] = [];
  const step: Step = (rows, { choices, wantsLogits }) => {
    calls.push(rows);
    sentences = rows.map(({ tokens, parent }) => [...(sentences[parent] ?? '').split(' '), ...tokens].join(' ').trim());
    return Promise.resolve(sentences.map((said) => scoresOf(table, said, { choices, wantsLogits })));
  };
  return { step, calls };
}

function scoresOf(table: Table, said: string, request: { choices: number; wantsLogits: boolean }): RowScores {
  const probabilities = table[said] ?? table['*'];
  if (probabilities === undefined) throw new Error(`The table has no row for "${said}".`);
  const logits = Float32Array.from(probabilities, Math.log);
  const ids = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!).slice(0, request.choices);
  return { ids, logProbs: ids.map((id) => logits[id]!), logits: request.wantsLogits ? logits : null };
}
