import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { toRequestError } from '../shared/api';
import { applyPlaces, previewPlaces, readPlaces, undoPlaces, type PlacesState, type PostChange } from './places-api';
import { summary } from './report';

export interface PlacesHandle {
  readonly state: PlacesState | null;
  readonly error: string;
  readonly busy: boolean;
  readonly ticked: readonly string[];
  /** What would change, or what came of the change; null when there is nothing to show. */
  readonly report: readonly PostChange[] | null;
  readonly tick: (key: string, on: boolean) => void;
  readonly preview: () => Promise<void>;
  readonly apply: () => Promise<void>;
  readonly undo: (change: string) => Promise<void>;
}

interface Options {
  /** A post to leave out of the ticks: the one that is open in the editor. */
  readonly except?: number;
  /** What the places would get; without it the library's own text. */
  readonly text?: string;
}

/** Where one image is used, and bringing a text there. */
export function usePlaces(attachment: number, { except = 0, text: given = '' }: Options = {}): PlacesHandle {
  const text = useRef(given);
  text.current = given;
  const [state, setState] = useState<PlacesState | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [report, setReport] = useState<readonly PostChange[] | null>(null);

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
    const now = await readPlaces(attachment, text.current);
    setState(now);
    setTicked(now.items.filter((item) => item.ticked && item.post.id !== except).map((item) => item.key));
  }, [attachment, except]);

  useEffect(() => void run(load), [run, load]);

  const wanted = given === '' ? (state?.text ?? '') : given;
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
        setReport((await previewPlaces(attachment, ticked, wanted)).items);
        speak(__('The changes are shown below. Nothing is written yet.', 'altsmith'));
      }),
    apply: () =>
      run(async () => {
        const { items } = await applyPlaces(attachment, ticked, wanted);
        setReport(items);
        speak(summary(items));
        await load();
      }),
    undo: (change) =>
      run(async () => {
        await undoPlaces(attachment, change);
        setReport(null);
        speak(__('The posts are as they were before.', 'altsmith'));
        await load();
      }),
  };
}
