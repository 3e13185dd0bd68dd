import { speak } from '@wordpress/a11y';
import { useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { decide, passOn, toRequestError } from '../shared/api';
import type { Action, Suggestion } from '../shared/types';
import { DONE, SAID, updatePlaces } from './decision-words';
import { isOpen, nameOf } from './suggestion-words';
import { useIds, type useLeaving } from './use-leaving';
import type { useMessages } from './use-messages';
import type { Queue } from './use-queue';
import type { DecideOptions, Done } from './use-review';
import type { useDone } from './use-undo';
import type { VideoChoice } from './use-video-choices';

/** So many images have to be loaded behind the current one. */
const ENOUGH = 15;

interface Parts {
  readonly queue: Queue;
  readonly screen: ReturnType<typeof useLeaving>;
  readonly messages: ReturnType<typeof useMessages>;
  readonly done: ReturnType<typeof useDone>;
  readonly draftOf: (suggestion: Suggestion) => string;
  readonly sourceOf: (suggestion: Suggestion) => string;
  readonly videoOf: (suggestion: Suggestion) => VideoChoice;
  readonly placesOf: (suggestion: Suggestion) => readonly string[];
}

/** A suggestion that the sidecar lost leaves the list, and what was said on its card with it. */
const isLost = (thrown: unknown) => toRequestError(thrown).code === 'altsmith_suggestion_lost';

/** Decisions one by one. In focus mode the next image is there at once, and the site's answer comes meanwhile. */
export function useDecisions({ queue, screen, messages, done, draftOf, sourceOf, videoOf, placesOf }: Parts) {
  const busy = useIds();
  const { begin, tell, wait, settled } = useOrder(done.set);

  const refuse = (suggestion: Suggestion, thrown: unknown, number: number) => {
    screen.comeBack(suggestion);
    messages.fail(suggestion.id, thrown, nameOf(suggestion));
    if (isLost(thrown)) tell(number, { suggestion, text: toRequestError(thrown).message, changeId: '' });
  };
  const forget = (id: string) => {
    messages.clear(id);
    screen.forget(id);
  };

  const ask = async (suggestion: Suggestion, action: Action, { reason = '', ahead = false }: DecideOptions) => {
    const number = begin();
    try {
      const now = await decide(suggestion.id, {
        action,
        version: suggestion.version,
        seen: suggestion.current_alt,
        displayed: true,
        ...(action === 'approve' ? approved(suggestion, draftOf(suggestion), videoOf(suggestion)) : {}),
        ...(action === 'approve' && sourceOf(suggestion) !== suggestion.source ? { source: sourceOf(suggestion) } : {}),
        ...(reason === '' ? {} : { reason }),
      });
      if (now.state === 'conflict') {
        queue.replace(now);
        refuse(now, new Error(changedMeanwhile(now)), number);
        return now;
      }
      const { changeId, words } = await updatePlaces(now, placesOf(now));
      const text = `${DONE[action](nameOf(suggestion))} ${words}`.trim();
      tell(number, { suggestion: now, text, changeId });
      if (!ahead) {
        speak(text);
        screen.leave(suggestion);
      }
      forget(suggestion.id);
      return now;
    } catch (thrown) {
      refuse(suggestion, thrown, number);
      return null;
    } finally {
      busy.remove(suggestion.id);
      if (!ahead || screen.countLeft() <= ENOUGH) void queue.reload();
    }
  };

  const run = (suggestion: Suggestion, action: Action, options: DecideOptions = {}): Promise<Suggestion | null> => {
    const { ahead = false } = options;
    if (action === 'decorative' && suggestion.kind === 'video') {
      speak(__('A video cannot be marked as decorative.', 'altsmith'), 'assertive');
      return Promise.resolve(null);
    }
    if (busy.has(suggestion.id) || (!ahead && busy.isAny()) || !isOpen(suggestion)) return Promise.resolve(null);
    busy.add(suggestion.id);
    if (ahead) {
      speak(SAID[action](nameOf(suggestion)));
      screen.leave(suggestion);
    }
    return wait(ask(suggestion, action, options));
  };

  /** Leaves an image to other reviewers; one that the person has passed on comes back to their list. */
  const leaveToOthers = async (suggestion: Suggestion): Promise<void> => {
    const isPassed = suggestion.is_passed;
    const text = DONE[isPassed ? 'take' : 'pass'](nameOf(suggestion));
    speak(text);
    screen.leave(suggestion);
    const number = begin();
    const answer = passOn(suggestion.id, !isPassed).then(
      () => {
        tell(number, { suggestion: { ...suggestion, can_undo: !isPassed }, text, changeId: '', passed: !isPassed });
        forget(suggestion.id);
      },
      (thrown: unknown) => refuse(suggestion, thrown, number),
    );
    await wait(answer);
    if (screen.countLeft() <= ENOUGH) void queue.reload();
  };

  return { decide: run, passOn: leaveToOthers, isBusy: busy.has, settled };
}

/** What the person said yes to. */
function approved(suggestion: Suggestion, text: string, video: VideoChoice) {
  const values = { alt_text: text, ...suggestion.follows };
  if (suggestion.kind === 'image') return { values };
  const alternative = video.takesAlternative && video.alternative.trim() !== '' ? { text_alternative: video.alternative } : {};
  return { values: { ...values, ...alternative }, ...(video.takesPoster ? { poster_alt: video.posterAlt } : {}) };
}

const changedMeanwhile = ({ kind }: Suggestion) =>
  kind === 'video'
    ? __('Not saved: someone changed the description in the meantime.', 'altsmith')
    : __('Not saved: someone changed the alt text in the meantime.', 'altsmith');

/** Answers can overtake each other: what was done last is what was begun last, not what was answered last. */
function useOrder(set: (done: Done) => void) {
  const begun = useRef(0);
  const told = useRef(0);
  const open = useRef<ReadonlySet<Promise<unknown>>>(new Set());
  return {
    begin: () => ++begun.current,
    tell: (number: number, done: Done) => {
      if (number < told.current) return;
      told.current = number;
      set(done);
    },
    wait: <T,>(answer: Promise<T>): Promise<T> => {
      open.current = new Set([...open.current, answer]);
      return answer.finally(() => {
        open.current = new Set([...open.current].filter((one) => one !== answer));
      });
    },
    /** When everything that was begun has its answer. */
    settled: (): Promise<unknown> => Promise.allSettled(open.current),
  };
}
