import { z } from 'zod';

/** Alt text is one sentence; a longer one is cut at the end of a sentence or a word. */
const MOST_CHARACTERS = 250;
/** No more of an answer is looked at: the patterns below must not be made to run for long. */
const MOST_READ = 10_000;

const THOUGHTS = /<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi;
const SCRIPTS = /<(script|style)\b[^>]{0,500}>[\s\S]*?(?:<\/\1\s{0,20}>|$)/gi;
const TAGS = /<[/!?]?[a-z][^<>]{0,500}>/gi;
// Control characters, and the marks that hide or reorder text. U+200C and U+200D stay: some scripts need them.
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060-\u206F\uFEFF]+/gu;
const MARKUP = /\*\*|__|^#{1,6}\s+|```\w*|`/gm;
const LABEL = /^\W{0,3}(?:alt(?:ernative)?(?:[ -]?text)?|caption|description|answer)\W{0,3}:\s*/i;
/** What chat models say before they answer. */
const CHATTER =
  /^(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|no problem|gladly)[!.,:]\s+(?=\S)|^here(?:['’]s| is)\b[^:.]{0,60}\b(?:alt(?:ernative)?[ -]?text|caption|description|answer|sentence)\b[^:.]{0,60}:\s*/i;
/** Members that hold the text where a model answers with an object. */
const Answer = z.record(z.string(), z.unknown());
const MEMBERS = ['alt', 'alt_text', 'altText', 'caption', 'description', 'answer', 'text'];
const QUOTES = /^["'“”‘’«»]+(?!["'“”‘’«»])(.*?)(?<!["'“”‘’«»])["'“”‘’«»]+$/u;
const REFUSAL =
  /^(?:i['’]?m sorry|i am sorry|sorry[,.]|i apologi[sz]e|i (?:can['’]?t|cannot|am unable to|am not able to)|as an ai\b|unfortunately, i\b)/i;

/**
 * One line of plain text from whatever a model answered: no markup, nothing invisible, no label, no quotation marks around
 * it, of bounded length. Null where no word is left, or where the model refused.
 */
export function cleanText(raw: string): string | null {
  const bare = textOfObject(raw.slice(0, MOST_READ)).replace(THOUGHTS, ' ').replace(SCRIPTS, ' ').replace(TAGS, ' ');
  const line = bare.normalize('NFC').replace(MARKUP, '').replace(UNSEEN, ' ').replace(/\s+/gu, ' ').trim();
  const text = shortened(withoutPreamble(line).replace(QUOTES, '$1').trim());
  return /[\p{L}\p{N}]/u.test(text) && !REFUSAL.test(text) ? text : null;
}

/** `{"alt": "A cat"}` → `A cat`; anything else as it is. */
function textOfObject(raw: string): string {
  const whole = /^(?:```\w*)?\s*(\{[\s\S]*\})\s*(?:```)?$/.exec(raw.trim())?.[1];
  if (whole === undefined) return raw;
  try {
    const value = Answer.parse(JSON.parse(whole));
    return MEMBERS.map((name) => value[name]).find((text) => typeof text === 'string') ?? raw;
  } catch {
    // It only looks like an object.
    return raw;
  }
}

function withoutPreamble(line: string): string {
  let rest = line;
  for (;;) {
    const shorter = rest.replace(CHATTER, '').replace(LABEL, '');
    if (shorter === rest) return rest;
    rest = shorter;
  }
}

function shortened(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  const head = text.slice(0, MOST_CHARACTERS + 1);
  const sentence = Math.max(...['. ', '! ', '? '].map((end) => head.lastIndexOf(end)));
  if (sentence > 0) return head.slice(0, sentence + 1);
  const word = head.lastIndexOf(' ');
  // Not in the middle of a pair of surrogates.
  return word > 0 ? head.slice(0, word) : head.slice(0, MOST_CHARACTERS).replace(/[\uD800-\uDBFF]$/u, '');
}
