/** Most tokens of an answer: one sentence, and room for a model that thinks aloud first. */
export const MOST_TOKENS = 400;

/** What a large model is asked for. Its own words would otherwise be a paragraph that begins with "This image shows". */
export const ALT_TEXT_REQUEST = [
  'Write the alt text of this image, for a person who cannot see it.',
  'One plain sentence in English of at most 125 characters: the main thing first, then what it does or where it is.',
  'Begin with the thing itself, not with "image of" or "picture of".',
  'Say only what can be seen. Do not guess names of people or places, feelings or intentions.',
  'If the image holds a few telling words, quote them.',
  'Answer with the sentence alone: no quotation marks, no markup, no explanation.',
].join(' ');

/** The question of a person, kept apart from the instruction around it. */
export function questionRequest(question: string): string {
  return [
    'Answer the question about this image in a few words, from what can be seen in it.',
    'If it cannot be told from the image, answer "unknown". No markup, no explanation.',
    `Question: ${question}`,
  ].join('\n');
}
