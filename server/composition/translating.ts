import path from 'node:path';
import type { JobFinisher } from '../captioning/job-finisher';
import { PULLED_MODELS } from '../captioning/model-source';
import { guarded } from '../background';
import { isEnglish, namesLanguage } from '../contract/language';
import type { ListedLanguage } from '../contract/site';
import type { TranslationReply } from '../contract/translation';
import { AppError } from '../errors';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { ClaimLoop } from '../queue/claim-loop';
import type { JobQueue } from '../queue/queue';
import {
  forWaiting,
  inLanguage,
  type SuggestedTexts,
  type Texts,
  type Translate,
} from '../translating/suggested-texts';
import { translationJob } from '../translating/translation-job';
import { TranslationWishes } from '../translating/translation-wishes';
import { Translators } from '../translating/translators';
import { LOCAL_WORKERS, type Stores } from './stores';

const LOOK_EVERY_MS = 1000;
/** A translator has one text after the other: the next ones wait for it, and the last ones for the disk. */
const AT_ONCE = 6;
/** Calls of workers elsewhere that wait for a translation at a time. */
const MOST_WAITING = 4;

/** The translators of this machine, as those who need a text of them see them. */
export interface TranslatorsHere {
  readonly translators: Translators;
  /** `mostMs`: how long somebody waits for it; for ever unless given. */
  readonly inLanguage: (texts: Texts, language: string, mostMs?: number) => Promise<SuggestedTexts>;
}

/** `workerFile`: the script of their processes; only tests give it, which run from the sources. */
export function openTranslators(config: Config, logger: Logger, workerFile?: string): TranslatorsHere {
  const translators = new Translators({
    pulled: path.join(config.dataDir, PULLED_MODELS),
    threads: config.threads,
    failed: (error) => {
      logger.error({ err: error }, 'a translator could not be let go');
    },
    sick: (error, facts) => {
      logger.error({ err: error, ...facts }, 'a translator cannot be used; it is tried again after a pause');
    },
    ...(workerFile === undefined ? {} : { workerFile }),
  });
  const translate: Translate = (text, to) => translators.translate(text, to);
  const whileTheyWait = forWaiting(translate, MOST_WAITING);
  return {
    translators,
    inLanguage: (texts, language, mostMs) =>
      mostMs === undefined ? inLanguage(texts, language, translate) : whileTheyWait(texts, language, mostMs),
  };
}

export interface Translating {
  /** Languages of a site, and those that a translator is here for. */
  list(ofSite: readonly string[]): ListedLanguage[];
  /** Throws LANGUAGE_UNKNOWN, LANGUAGE_NOT_PULLED. */
  requirePair(language: string): void;
  translateNow(text: string, to: string): Promise<TranslationReply>;
  /** There may be something new to translate. */
  wake(): void;
  start(): void;
  /** Hands back what is under way, and lets the translators go. */
  stop(): Promise<void>;
}

interface TranslatingParts extends TranslatorsHere {
  readonly queue: JobQueue;
  readonly finisher: JobFinisher;
  readonly logger: Logger;
}

/** Translates what is asked for: jobs without a picture, runs, and single texts. */
export function buildTranslating(stores: Stores, parts: TranslatingParts): Translating {
  const { translators, inLanguage: translate, queue, finisher, logger } = parts;
  const runner = new ClaimLoop({
    queue,
    worker: `${LOCAL_WORKERS}-translator`,
    tasks: ['translate'],
    atOnce: AT_ONCE,
    isReady: () => true,
    logger,
    work: (claim, stopping) =>
      translationJob(
        {
          storage: stores.storage,
          queue,
          finish: (one, from, texts) => finisher.finishTranslation(one, from, texts),
          suggestionOf: (siteId, id) => stores.suggestionsOf(siteId).get(id),
          cancel: (siteId, jobId) => stores.jobsOf(siteId).cancel(jobId),
          inLanguage: translate,
          logger,
        },
        claim,
        stopping,
      ),
  });
  const wishes = new TranslationWishes({
    storage: stores.storage,
    suggestionsOf: stores.suggestionsOf,
    jobsOf: stores.jobsOf,
    isReady: (language) => translators.isReady(language),
    ring: () => queue.ring(''),
  });
  const clock = lookOften((signal) => wishes.run(signal), logger);
  const requirePair = (language: string) => {
    if (!namesLanguage(language)) throw new AppError('LANGUAGE_UNKNOWN', { language });
    if (!isEnglish(language) && !translators.has(language)) {
      throw new AppError('LANGUAGE_NOT_PULLED', { language, what_to_do: translators.whatIsMissing(language) });
    }
  };
  return {
    list: (ofSite) =>
      [...new Set([...ofSite, ...translators.languages()])].map((language) => ({
        language,
        translator: isEnglish(language) ? null : translators.modelFor(language),
      })),
    requirePair,
    translateNow: async (text, to) => {
      if (isEnglish(to)) throw new AppError('LANGUAGE_NOT_POSSIBLE');
      requirePair(to);
      const { problems, version, model, alternatives, ...rest } = await translators.translate(text, to);
      const flags = problems.map((problem) => ({ ...problem }));
      return {
        language: rest.language,
        source: rest.source,
        text: rest.text,
        alternatives: [...alternatives],
        flags,
        translator: { ...model, version },
      };
    },
    wake: clock.look,
    start: () => {
      runner.start();
      clock.start();
    },
    stop: async () => {
      await Promise.all([runner.stop(), clock.stop()]);
      await translators.close();
    },
  };
}

/** Looks every second, and when told to; never twice at a time. */
function lookOften(look: (signal: AbortSignal) => Promise<void>, logger: Logger) {
  const stopping = new AbortController();
  let working: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const failed = (error: unknown) => {
    logger.error({ err: error }, 'what is to be translated could not be asked for; it is tried again');
  };
  const begin = () => {
    working ??= look(stopping.signal)
      .catch(failed)
      .finally(() => (working = null));
  };
  return {
    look: begin,
    start: () => {
      timer = setInterval(guarded(begin, failed), LOOK_EVERY_MS);
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      stopping.abort();
      await working;
    },
  };
}
