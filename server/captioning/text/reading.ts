import type { Caption, Label } from '../../../models/captioner';
import type { Reading, Readings } from '../../contract/worker';
import { polishAltText } from './alt-text';
import { unnamedThing } from './confidence';
import { nounsOf } from './keywords';
import { seoTitle } from './seo-title';

function readSentence(said: string, labels: readonly Label[]): Reading {
  const { text, problems, words } = polishAltText(said);
  return {
    text,
    problems: [...problems],
    title: seoTitle(words),
    nouns: nounsOf(words),
    names_person: words.some((word) => word.isPersonName),
    unnamed: unnamedThing(words, labels),
  };
}

/**
 * Everything about a caption that needs the grammar library, which only worker processes load. Pure. Whoever changes
 * what comes out raises READING_RULES, so that what older rules made of a known picture is not used again.
 */
export function readCaption({ candidates, secondOpinion, labels }: Caption): Readings {
  const [best, ...others] = candidates;
  const read = ({ text }: { readonly text: string }) => readSentence(text, labels);
  return {
    candidates: [read(best), ...others.map(read)],
    second_opinion: secondOpinion == null ? null : read(secondOpinion),
  };
}
