import type { ErasurePreviewReply } from '../../contract/erasure';
import { useState } from 'preact/hooks';
import { isErasurePreview } from '../connection/admin-replies';
import { type ApiError, toApiError } from '../connection/api-error';
import { ask, tell } from '../connection/request';
import { useResource } from '../connection/use-resource';
import { counted } from '../parts/amounts';
import { announce } from '../parts/announcer';
import { Dialog } from '../parts/dialog';
import { Failure } from '../parts/failure';
import { Loading } from '../parts/placeholder';

interface ErasingProps {
  /** What is erased, in words: `the site “Shop”`. */
  readonly what: string;
  /** Address that DELETE is sent to. */
  readonly path: string;
  /** The installation that is meant; null: clients that name none. */
  readonly instance?: string | null;
  /** A site goes with its name and keys, even where nothing else is left of it. */
  readonly isSite?: boolean;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks before something is erased for good: what goes, and until when backups hold it. */
export function Erasing({ what, path, instance = null, isSite = false, onDone, onClose }: ErasingProps) {
  const call = { instance };
  const preview = useResource(`${path} ${instance ?? ''}`, (signal) =>
    ask(`${path}/erasure`, isErasurePreview, { ...call, signal }),
  );
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const erase = () => {
    setBusy(true);
    tell(path, { ...call, method: 'DELETE' })
      .then(() => {
        announce(isSite ? `The erasing of ${what} has begun.` : `Erased: ${what}.`);
        onDone();
      })
      .catch((thrown: unknown) => {
        setBusy(false);
        setError(toApiError(thrown));
      });
  };
  const failure = error ?? preview.error;
  return (
    <Dialog title={`Erase ${what}?`} onClose={onClose}>
      {failure === null ? null : <Failure error={failure} />}
      {preview.data === null && failure === null ? <Loading what="what would be erased" /> : null}
      {preview.data === null ? null : <Preview preview={preview.data} isSite={isSite} />}
      {preview.data === null || (isNothing(preview.data) && !isSite) ? null : (
        <button type="button" class="danger" disabled={isBusy} onClick={erase}>
          {isBusy ? 'Erasing …' : 'Erase for good'}
        </button>
      )}
    </Dialog>
  );
}

function Preview({ preview, isSite }: { preview: ErasurePreviewReply; isSite: boolean }) {
  const { suggestions, jobs, images } = preview.would_erase;
  if (isNothing(preview) && !isSite) return <p>Nothing of it is stored here. Look at the id and the installation.</p>;
  return (
    <>
      <p>
        {counted(images, 'picture')}, {counted(suggestions, 'suggestion')} and {counted(jobs, 'job')} are deleted from
        the database, the files and the search index. This cannot be undone. Texts that a website has taken over stay
        there.
      </p>
      {isSite ? <p>Its keys stop working at once.</p> : null}
      <p>{backupSentence(preview)}</p>
    </>
  );
}

function isNothing({ would_erase: { suggestions, jobs, images } }: ErasurePreviewReply): boolean {
  return suggestions + jobs + images === 0;
}

function backupSentence({ backups, backups_until: until }: ErasurePreviewReply): string {
  if (backups === 0) return 'No backup of this sidecar holds any of it.';
  const end = until === null ? 'until somebody deletes them' : `until ${until.slice(0, 10)} at the latest`;
  return `${counted(backups, 'backup')} made before may hold it ${end}. Restoring one leaves it out.`;
}
