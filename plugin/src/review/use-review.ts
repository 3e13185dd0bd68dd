import { useState } from '@wordpress/element';
import type { Action, Suggestion } from '../shared/types';
import { useDecisions } from './use-decisions';
import { useLeaving } from './use-leaving';
import { useMessages } from './use-messages';
import type { Queue } from './use-queue';
import { useSeen } from './use-seen';
import { useDone, useUndo } from './use-undo';
import { useVideoChoices, type VideoChoice } from './use-video-choices';

/** The latest thing that was done, for the line that offers to undo it. */
export interface Done {
  readonly suggestion: Suggestion;
  readonly text: string;
  /** The change of posts that came with it; '' for none. */
  readonly changeId: string;
  /** It was no decision: the image was left to somebody else. */
  readonly passed?: boolean;
}

export interface DecideOptions {
  readonly reason?: string;
  /** Go on to the next image at once; the site's answer comes meanwhile. */
  readonly ahead?: boolean;
}

export interface Review {
  /** What is loaded, without those whose decision is on its way. */
  readonly items: readonly Suggestion[];
  readonly current: string;
  readonly setCurrent: (id: string) => void;
  /** Makes it the current one and gives it the focus, as soon as it is drawn. */
  readonly goTo: (id: string) => void;
  /** The same for a card of the view that is about to be drawn. */
  readonly expect: (id: string) => void;
  readonly move: (step: 1 | -1) => boolean;
  readonly draftOf: (suggestion: Suggestion) => string;
  readonly setDraft: (id: string, text: string) => void;
  /** The English beside a translation, as the person left it. */
  readonly sourceOf: (suggestion: Suggestion) => string;
  readonly setSource: (id: string, text: string) => void;
  readonly videoOf: (suggestion: Suggestion) => VideoChoice;
  readonly setVideo: (id: string, change: Partial<VideoChoice>) => void;
  /** Places in posts that get the text as well when the suggestion is approved. */
  readonly setPlaces: (id: string, keys: readonly string[]) => void;
  readonly messageOf: (id: string) => string;
  readonly isBusy: (id: string) => boolean;
  readonly decide: (suggestion: Suggestion, action: Action, options?: DecideOptions) => Promise<Suggestion | null>;
  readonly passOn: (suggestion: Suggestion) => Promise<void>;
  readonly undo: (suggestion: Suggestion) => Promise<void>;
  /** Undoes what was done last, once it is done; else what is chosen. */
  readonly undoLatest: (chosen: Suggestion | undefined) => Promise<void>;
  readonly done: Done | null;
  /** Cards say where they are, so that the focus can be led to them. */
  readonly place: (id: string, element: HTMLElement | null) => void;
  readonly elementOf: (id: string) => HTMLElement | undefined;
  /** Whether the card was ever in the window. */
  readonly wasSeen: (id: string) => boolean;
}

/** What a person does with the suggestions on the screen: where they are, what they typed, what they decided. `begin`: where they were. */
export function useReview(queue: Queue, begin: string): Review {
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const [sources, setSources] = useState<Readonly<Record<string, string>>>({});
  const [places, setPlaces] = useState<Readonly<Record<string, readonly string[]>>>({});
  const videos = useVideoChoices();
  const seen = useSeen();
  const messages = useMessages();
  const done = useDone();
  const screen = useLeaving(queue, begin);
  const { at } = screen;
  const draftOf = (one: Suggestion) => drafts[one.id] ?? one.values?.alt_text ?? one.suggested_alt;
  const sourceOf = (one: Suggestion) => sources[one.id] ?? one.source;
  const decisions = useDecisions({
    queue,
    screen,
    messages,
    done,
    draftOf,
    sourceOf,
    videoOf: videos.videoOf,
    placesOf: (one) => places[one.id] ?? [],
  });
  const undo = useUndo({ queue, at, messages, done, settled: decisions.settled });

  return {
    items: screen.items,
    current: at.current,
    setCurrent: at.setCurrent,
    goTo: at.focus,
    expect: at.expect,
    move: at.move,
    draftOf,
    setDraft: (id, text) => setDrafts((now) => ({ ...now, [id]: text })),
    sourceOf,
    setSource: (id, text) => setSources((now) => ({ ...now, [id]: text })),
    ...videos,
    setPlaces: (id, keys) => setPlaces((now) => ({ ...now, [id]: keys })),
    messageOf: messages.messageOf,
    isBusy: decisions.isBusy,
    decide: decisions.decide,
    passOn: decisions.passOn,
    undo: undo.undo,
    undoLatest: undo.undoLatest,
    done: done.shown,
    place: (id, element) => {
      at.place(id, element);
      seen.watch(id, element);
    },
    elementOf: at.elementOf,
    wasSeen: seen.has,
  };
}
