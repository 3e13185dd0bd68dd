import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Fields, FieldValues, Flag } from '../contract/fields';
import { ModelRef, TranslatorRef } from '../contract/primitives';
import { VideoFacts } from '../contract/video';
import { DecidedBy, SuggestionState, type Suggestion } from '../contract/suggestion';
import { videoDetails } from './video-details';
import { suggestedValues, type Standing } from './suggestion-state';

export interface SuggestionRow {
  readonly seq: number;
  readonly id: string;
  readonly job_id: string;
  readonly run_id: string | null;
  readonly version: number;
  readonly state: string;
  readonly instance_id: string | null;
  readonly subject_type: string;
  readonly subject_id: string;
  readonly image_sha256: string;
  readonly source_sha256: string | null;
  readonly language: string;
  readonly fields: string;
  readonly text_in_picture: string | null;
  readonly video: string | null;
  readonly alternatives: string;
  readonly confidence: number;
  readonly flags: string;
  readonly model: string;
  readonly current: string;
  readonly source: string | null;
  readonly translator: string | null;
  readonly approved_source: string | null;
  readonly values: string | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export const SUGGESTION_COLUMNS = `seq, id, job_id, run_id, version, state,
  nullif((SELECT id FROM instances WHERE instances.site_id = suggestions.site_id AND number = instance), '') AS instance_id, subject_type, subject_id, image_sha256, source_sha256, language, fields,
  alternatives, confidence, flags, model, current, "values", reason, decided_by, decided_at, created_at, updated_at,
  source, translator, approved_source, video, text_in_picture`;

const Texts = z.array(z.string());
const Flags = z.array(Flag);
const time = (ms: number) => new Date(ms).toISOString();
const json = (text: string): unknown => JSON.parse(text);

/** Stands for the values of somebody who approved the suggestion as it was, so that no text is stored twice. JSON. */
export const AS_SUGGESTED = 'true';

/** The column of what a person approved. */
export function valuesColumn(values: FieldValues | null, fields: Fields): string | null {
  if (values === null) return null;
  // An approved empty text is looked for in the column (`jobDecidedAgainst`).
  const isAsSuggested = fields.alt_text !== '' && isDeepStrictEqual(values, suggestedValues(fields));
  return isAsSuggested ? AS_SUGGESTED : JSON.stringify(values);
}

function valuesOf(column: string | null, fields: Fields): FieldValues | null {
  if (column === null) return null;
  return column === AS_SUGGESTED ? suggestedValues(fields) : FieldValues.parse(json(column));
}

/** A row as clients see it. */
export function suggestionOf(row: SuggestionRow): Suggestion {
  const fields = Fields.parse(json(row.fields));
  const values = valuesOf(row.values, fields);
  return {
    id: row.id,
    kind: row.video === null ? 'image' : 'video',
    version: row.version,
    state: SuggestionState.parse(row.state),
    instance: row.instance_id,
    subject: { type: row.subject_type, id: row.subject_id },
    image_sha256: row.image_sha256,
    source_sha256: row.source_sha256 ?? row.image_sha256,
    language: row.language,
    source: row.source,
    translator: row.translator === null ? null : TranslatorRef.parse(json(row.translator)),
    fields,
    text_in_picture: row.text_in_picture,
    video: row.video === null ? null : videoDetails(VideoFacts.parse(json(row.video)), { fields, values }),
    alternatives: Texts.parse(json(row.alternatives)),
    confidence: row.confidence,
    flags: Flags.parse(json(row.flags)),
    model: ModelRef.parse(json(row.model)),
    current: FieldValues.parse(json(row.current)),
    values,
    approved_source: row.approved_source,
    reason: row.reason,
    decided_by: row.decided_by === null ? null : DecidedBy.parse(json(row.decided_by)),
    decided_at: row.decided_at === null ? null : time(row.decided_at),
    created_at: time(row.created_at),
    updated_at: time(row.updated_at),
    job_id: row.job_id,
    run_id: row.run_id,
  };
}

/** The part of a suggestion that decisions and write-backs move. */
export function standingOf(suggestion: Suggestion): Standing {
  return {
    version: suggestion.version,
    state: suggestion.state,
    values: suggestion.values,
    reason: suggestion.reason,
    decidedBy: suggestion.decided_by,
    decidedAt: suggestion.decided_at === null ? null : Date.parse(suggestion.decided_at),
  };
}
