import { useEffect, useState } from 'preact/hooks';
import { Camera } from './camera';
import { carriesFiles, picturesAmong } from './chosen-files';
import { Examples } from './examples';
import type { Named } from './use-pictures';
import { announce } from '../parts/announcer';
import { useUniqueId } from '../parts/use-unique-id';

interface IntakeProps {
  readonly onPictures: (pictures: readonly Named[]) => void;
  /** Smaller once there is something to see. */
  readonly isCompact: boolean;
}

/** Every way in: drop anywhere on the page, paste, pick, camera, and the examples. */
export function Intake({ onPictures, isCompact }: IntakeProps) {
  const id = useUniqueId();
  const [isOver, setOver] = useState(false);
  const [isCameraOpen, setCameraOpen] = useState(false);
  const [leftOut, setLeftOut] = useState(0);

  const take = (files: Iterable<File>) => {
    const choice = picturesAmong(files);
    setLeftOut(choice.leftOut);
    if (choice.leftOut > 0) announce(`${choice.leftOut} files are no pictures and were left out.`);
    if (choice.pictures.length > 0) onPictures(choice.pictures);
  };
  useDropAndPaste(take, setOver);

  return (
    <section class={`intake${isOver ? ' intake-over' : ''}${isCompact ? ' intake-compact' : ''}`} aria-label="Pictures">
      <p class="intake-call">Drop pictures here, or paste one</p>
      <div class="row centre">
        <label class="button main" for={id}>
          Choose pictures
        </label>
        <input
          id={id}
          class="unseen file-input"
          type="file"
          multiple
          accept="image/*"
          onChange={(event) => {
            take(event.currentTarget.files ?? []);
            // The same file can be chosen again.
            event.currentTarget.value = '';
          }}
        />
        <button type="button" onClick={() => setCameraOpen(true)}>
          Use the camera
        </button>
      </div>
      <p class="fine">JPEG, PNG, WebP, GIF, AVIF or TIFF. Nothing is stored.</p>
      {leftOut === 0 ? null : <p class="fine">{leftOut} of the files are no pictures and were left out.</p>}
      <Examples onPicture={(picture) => onPictures([picture])} />
      {isCameraOpen ? (
        <Camera
          onClose={() => setCameraOpen(false)}
          onPicture={(picture) => {
            setCameraOpen(false);
            onPictures([picture]);
          }}
        />
      ) : null}
    </section>
  );
}

function useDropAndPaste(take: (files: Iterable<File>) => void, setOver: (isOver: boolean) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      // Else the browser would leave the page and show the file.
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files ?? []);
    };
    const paste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files ?? [];
      if ([...files].length > 0) take(files);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  });
}
