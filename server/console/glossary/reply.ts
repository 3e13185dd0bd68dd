import type { GlossaryEntry } from '../../contract/glossary';
import { isText, isTruth, listOf, shape } from '../connection/shape';

const entry = shape<GlossaryEntry>({
  term: isText,
  forms: listOf(isText),
  instead_of: listOf(isText),
  is_name: isTruth,
  language: isText,
});

/** What is read of the site's profile here. */
export const isGlossaryReply = shape<{ site: { glossary: GlossaryEntry[] } }>({
  site: shape<{ glossary: GlossaryEntry[] }>({ glossary: listOf(entry) }),
});
