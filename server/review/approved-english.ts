import type { Fields, FieldValues } from '../contract/fields';
import { isEnglish } from '../contract/language';
import type { Suggestion } from '../contract/suggestion';
import type { Storage } from '../storage/database';
import { SUGGESTION_COLUMNS, suggestionOf, type SuggestionRow } from './suggestion-row';

/** Decided suggestions of one picture that are looked at, newest first. */
const MOST_LOOKED_AT = 20;

/** The English that a person approved with this suggestion; null where nobody did, or the picture is decorative. */
export function englishOf({ state, language, values, source, approved_source }: Suggestion): FieldValues | null {
  if (state !== 'approved' && state !== 'applied') return null;
  if (isEnglish(language)) return (values?.alt_text ?? '') === '' ? null : values;
  // The person had the English beside the translation, and said yes to both.
  const english = approved_source ?? source;
  return english === null || (values?.alt_text ?? '') === '' ? null : { alt_text: english };
}

/** The same for a picture of an instance, whichever subject it belongs to: the newest text that was written in English first. */
export function approvedEnglish(
  storage: Storage,
  siteId: string,
  { imageSha256, instance }: { readonly imageSha256: string; readonly instance: number },
): FieldValues | null {
  const rows = storage
    .prepare<object, SuggestionRow>(
      `SELECT ${SUGGESTION_COLUMNS} FROM suggestions
       WHERE substr(image_sha256, 1, 12) = substr(:image, 1, 12) AND image_sha256 = :image AND site_id = :siteId
         AND instance = :instance AND state IN ('approved', 'applied')
       ORDER BY seq DESC LIMIT ${MOST_LOOKED_AT}`,
    )
    .all({ image: imageSha256, siteId, instance })
    .map(suggestionOf);
  const inOrder = [...rows.filter((one) => isEnglish(one.language)), ...rows.filter((one) => !isEnglish(one.language))];
  for (const one of inOrder) {
    const english = englishOf(one);
    if (english !== null) return english;
  }
  return null;
}

/** English texts of a suggestion with those that a person approved in their place. What was not wanted stays away. */
export function withApproved(fields: Fields, approved: FieldValues): Fields {
  const { title, caption, description, file_name, text_alternative } = fields;
  return {
    alt_text: approved.alt_text ?? '',
    title: title === null ? null : (approved.title ?? null),
    caption: caption === null ? null : (approved.caption ?? null),
    description: description === null ? null : (approved.description ?? null),
    keywords: null,
    file_name,
    ...(text_alternative == null ? {} : { text_alternative: approved.text_alternative ?? null }),
  };
}
