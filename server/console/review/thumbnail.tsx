import type { MediaKind } from '../../contract/job';
import { useEffect, useState } from 'preact/hooks';
import { askForBytes } from '../connection/request';
import { Dialog } from '../parts/dialog';

/** A picture that needs the log-in to be read, so it comes through a request and not through an address. */
function useThumbnail(sha256: string): { url: string | null; isMissing: boolean } {
  const [url, setUrl] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    let made: string | null = null;
    askForBytes(`/v1/images/${sha256}/thumbnail`, { signal: controller.signal })
      .then((blob) => {
        if (controller.signal.aborted) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      })
      .catch(() => {
        // The picture's bytes may be gone by now (retention); the text can still be decided.
        if (!controller.signal.aborted) setMissing(true);
      });
    return () => {
      controller.abort();
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [sha256]);
  return { url, isMissing };
}

interface ThumbnailProps {
  readonly sha256: string;
  readonly label: string;
  /** Of a video its poster is shown. */
  readonly kind: MediaKind;
}

export function Thumbnail({ sha256, label, kind }: ThumbnailProps) {
  const what = kind === 'video' ? 'poster' : 'picture';
  const { url, isMissing } = useThumbnail(sha256);
  const [isLarge, setLarge] = useState(false);
  if (isMissing) return <div class="thumbnail thumbnail-missing fine">The {what} is no longer stored.</div>;
  if (url === null) return <div class="thumbnail" aria-hidden="true" />;
  return (
    <>
      <button type="button" class="plain thumbnail" onClick={() => setLarge(true)}>
        <img src={url} alt={`Enlarge the ${what} of ${label}`} />
      </button>
      {isLarge ? (
        <Dialog title={label} onClose={() => setLarge(false)}>
          <img class="large" src={url} alt="" />
        </Dialog>
      ) : null}
    </>
  );
}
