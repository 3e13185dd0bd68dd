import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { applyPlacements, previewPlacements, undoPlacements, type PlacementPreview } from '../review/placements-api';
import { toRequestError } from '../shared/api';
import { readPlaces, type PlacesState } from './places-api';

export interface PlacesHandle {
  readonly state: PlacesState | null;
  readonly error: string;
  readonly busy: boolean;
  readonly ticked: readonly string[];
  /** What would change, or what came of the change; null when there is nothing to show. */
  readonly report: readonly PlacementPreview[] | null;
  readonly tick: (key: string, on: boolean) => void;
  readonly preview: () => Promise<void>;
  readonly apply: () => Promise<void>;
  readonly undo: (change: string) => Promise<void>;
}

/**
 * Where one image is used, and bringing the library's text there.
 *
 * @param except A post to leave out of the ticks: the one that is open in the editor. 0 for none.
 */
export function usePlaces(attachment: number, except: number): PlacesHandle {
  const [state, setState] = useState<PlacesState | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [report, setReport] = useState<readonly PlacementPreview[] | null>(null);

  /** One thing at a time; whatever fails is said in one place. */
  const run = useCallback(async (task: () => Promise<void>) => {
    setBusy(true);
    setError('');
    try {
      await task();
    } catch (thrown) {
      const { message } = toRequestError(thrown);
      setError(message);
      speak(message, 'assertive');
    } finally {
      setBusy(false);
    }
  }, []);

  const load = useCallback(async () => {
    const now = await readPlaces(attachment);
    setState(now);
    setTicked(now.items.filter((item) => item.ticked && item.post.id !== except).map((item) => item.key));
  }, [attachment, except]);

  useEffect(() => void run(load), [run, load]);

  const text = state?.text ?? '';
  return {
    state,
    error,
    busy,
    ticked,
    report,
    tick: (key, on) => {
      setTicked((now) => (on ? [...now, key] : now.filter((one) => one !== key)));
      setReport(null);
    },
    preview: () =>
      run(async () => {
        setReport((await previewPlacements(attachment, ticked, text)).items);
        speak(__('The changes are shown below. Nothing is written yet.', 'altsmith'));
      }),
    apply: () =>
      run(async () => {
        const { items } = await applyPlacements(attachment, ticked, text);
        setReport(items);
        speak(summary(items));
        await load();
      }),
    undo: (change) =>
      run(async () => {
        await undoPlacements(attachment, change);
        setReport(null);
        speak(__('The posts are as they were before.', 'altsmith'));
        await load();
      }),
  };
}

export function summary(items: readonly PlacementPreview[]): string {
  const done = items.filter((item) => item.outcome === 'updated').length;
  const left = items.length - done;
  const first =
    /* translators: %d: number of posts */
    sprintf(_n('%d post was updated.', '%d posts were updated.', done, 'altsmith'), done);
  if (left === 0) return first;
  /* translators: %d: number of posts */
  return `${first} ${sprintf(_n('%d post was not.', '%d posts were not.', left, 'altsmith'), left)}`;
}
