import type { Label } from '../../../models/captioner';

/** Below this the classifier's more exact name is not worth showing to visitors. */
const SURE_LABEL = 0.7;

/**
 * The visible caption. A screen reader speaks it right after the alt text, so it is null unless it adds something:
 * the exact name ("Egyptian cat") of a thing that the text names in general ("a cat on a bed").
 */
export function visibleCaption(nouns: readonly string[], labels: readonly Label[]): string | null {
  for (const label of labels) {
    const name = label.name.trim().toLowerCase();
    const general = name.split(' ').at(-1) ?? name;
    if (label.probability < SURE_LABEL || general === name) continue;
    if (nouns.includes(general) && !nouns.includes(name)) {
      const exact = label.name.trim();
      return exact.charAt(0).toUpperCase() + exact.slice(1);
    }
  }
  return null;
}
