import { countWords } from './word-count';

/** What a person wants to know about a picture. Neither: a plain caption. */
export interface Intent {
  readonly question?: string;
  readonly prompt?: string;
}

/** Longer "questions" are instructions that happen to end in a question mark. */
const MOST_QUESTION_WORDS = 16;
const ASKS_FOR_DESCRIPTION = /\b(?:describe|description|caption|alt(?:ernative)?[ -]?text)\b/i;

const wordsOf = (text: string) => text.split(/\s+/);
/** Who asks with one of these, and names nothing but the picture, wants it described. English, German, French, Spanish, Italian, Portuguese, Dutch. */
const ASKING = new Set(wordsOf('what whats tell explain was que qué quoi quel quelle qual quale cosa che wat'));
const NAMES_NOTHING = new Set([
  ...ASKING,
  ...wordsOf(
    's re is are am do does did can could would please be been being has have there it its here i you we one me us',
  ),
  ...wordsOf(
    'see seen look looking looks at show shows shown showing depict depicts depicted display displayed represent represents',
  ),
  ...wordsOf(
    'represented contain contains visible happening happens going mean about of in on from to the a an this that these',
  ),
  ...wordsOf(
    'attached uploaded following given above provided image images picture pictures photo photos photograph pic screenshot',
  ),
  ...wordsOf('scene content contents subject file exactly all everything'),
  ...wordsOf(
    'ist sind sieht siehst sehen zu man du wir hier das dies diesem dieses dem der die den bild foto auf in im zeigt gibt es',
  ),
  ...wordsOf(
    'est ce qu y t il voit vois voyez on tu vous sur dans l la le les cette cet image photo montre représente passe se',
  ),
  ...wordsOf('es esto esta este hay ve ves se en el la imagen foto muestra qué está pasando'),
  ...wordsOf('è questo questa c vedi vede si nella nell immagine foto mostra rappresenta succede'),
  ...wordsOf('é isto isso esta essa este há vê você na nesta nessa no imagem foto mostra o a está acontecendo'),
  ...wordsOf('zie je zien we op deze dit afbeelding plaatje er te'),
]);

/** True for "What's this?" and "What can be seen in the attached image?", not for "What is on the table?". */
function asksWhatItShows(text: string): boolean {
  const words =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/\p{L}+/gu) ?? [];
  return words.some((word) => ASKING.has(word)) && words.every((word) => NAMES_NOTHING.has(word));
}

/**
 * Reads a chat message as people write it for large models. "Write alt text, 125 characters" must not become the
 * beginning of a BLIP caption, so a text is a question only if it is a short one, and otherwise nothing at all.
 * The body fields `question` and `prompt` say it outright.
 */
export function intentOf(fields: Intent, lastText: string | undefined): Intent {
  if (fields.question !== undefined && fields.question.trim() !== '') return { question: fields.question.trim() };
  if (fields.prompt !== undefined && fields.prompt.trim() !== '') return { prompt: fields.prompt.trim() };
  const text = (lastText ?? '').trim();
  const isQuestion =
    text.endsWith('?') &&
    countWords(text) <= MOST_QUESTION_WORDS &&
    !ASKS_FOR_DESCRIPTION.test(text) &&
    !asksWhatItShows(text);
  return isQuestion ? { question: text } : {};
}
