import { readFileSync } from 'node:fs';
import { withAnySignal } from '../any-signal';
import { composeTexts } from '../captioning/text/compose';
import { captionOf } from '../captioning/engine-result';
import type { CaptionEngine } from '../captioning/engine';
import { SUGGESTION_SETTINGS } from '../captioning/settings';
import { AppError, toAppError } from '../errors';
import type { EvaluationLog, Outcome } from './evaluation-log';
import type { LibraryItem } from './library';

/** A model to look at pictures with. */
export interface EvaluatedModel {
  /** How it is told from the others, in the log and in the report. */
  readonly name: string;
  readonly engine: CaptionEngine;
  /** Process ids of its workers here. */
  readonly pids: () => readonly number[];
}

export interface CaptioningParts {
  readonly log: Pick<EvaluationLog, 'outcome' | 'add'>;
  readonly signal: AbortSignal;
  /** Turns the English of a model into the language of the texts; null: they are English. */
  readonly translate: ((text: string) => Promise<string>) | null;
  /** Where a small copy of the picture is put; null: none is wanted. */
  readonly thumbnail: (item: LibraryItem) => string | null;
  readonly step: () => void;
}

/** Most memory, in MB, that a process has held; null where the system does not tell (it does on Linux). */
function peakMegabytes(pid: number): number | null {
  try {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return peak === undefined ? null : Math.round((Number(peak) * 1024) / 1e6);
  } catch {
    return null;
  }
}

/** The model's text as a suggestion would have it, and what it cost. The text of the person is not shown to it. */
async function outcomeOf(model: EvaluatedModel, item: LibraryItem, parts: CaptioningParts): Promise<Outcome> {
  const { signal, translate, thumbnail } = parts;
  const begin = { model: model.name, file: item.file };
  try {
    const place = thumbnail(item);
    const result = captionOf(
      await withAnySignal([signal], (own) =>
        model.engine.run({
          imagePath: item.path,
          options: SUGGESTION_SETTINGS,
          signal: own,
          ...(place === null ? {} : { thumbnailPath: place }),
        }),
      ),
    );
    const { fields, confidence } = composeTexts({ ...result, context: null, current: null, fields: null });
    const text = translate === null ? fields.alt_text : await translate(fields.alt_text);
    const megabytes = Math.max(0, ...model.pids().map((pid) => peakMegabytes(pid) ?? 0));
    const seconds = result.timingsMs.total / 1000;
    return { ...begin, text, confidence, seconds, megabytes: megabytes === 0 ? null : megabytes, error: null };
  } catch (thrown) {
    signal.throwIfAborted();
    const { code } = toAppError(thrown);
    return { ...begin, text: null, confidence: 0, seconds: 0, megabytes: null, error: code };
  }
}

/** Failures of the picture, or of this machine over it; any other one is the model's, and ends the evaluation. */
const GOES_ON = /^(?:IMAGE_|FILE_|DECODE_CRASHED$|CAPTION_TIMEOUT$|MODEL_REPLY_|TRANSLATION_)/;

/**
 * Lets a model look at all pictures that it has not looked at yet, as many at a time as it has workers. Each outcome is in the log before the
 * next begins. Throws the reason of the signal once that fires, and what the model itself suffers from, such as MODEL_UNAVAILABLE.
 */
export async function captionLibrary(
  model: EvaluatedModel,
  items: readonly LibraryItem[],
  parts: CaptioningParts,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item === undefined) return;
      parts.signal.throwIfAborted();
      let outcome = parts.log.outcome(model.name, item.file);
      if (outcome === null) {
        outcome = await outcomeOf(model, item, parts);
        if (outcome.error !== null && !GOES_ON.test(outcome.error)) throw new AppError('MODEL_UNAVAILABLE');
        parts.log.add(outcome);
      }
      outcomes[at] = outcome;
      parts.step();
    }
  };
  await Promise.all(Array.from({ length: model.engine.state().workers }, work));
  return outcomes;
}
