import { useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import type { Named } from './use-pictures';

/** Drawn by hand for this page, so that everybody can try without a picture at hand. */
const EXAMPLES = [
  { file: 'boat', title: 'Boat on a lake' },
  { file: 'dog', title: 'Dog in a meadow' },
  { file: 'street', title: 'Bus in a street' },
  { file: 'cake', title: 'Cake on a table' },
  { file: 'chart', title: 'Bar chart' },
] as const;

const WIDTH = 960;
const HEIGHT = 640;

/** The drawing as the JPEG that a website would have. */
async function paint(image: HTMLImageElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.getContext('2d')?.drawImage(image, 0, 0, WIDTH, HEIGHT);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
}

export function Examples({ onPicture }: { onPicture: (picture: Named) => void }) {
  const [isBusy, setBusy] = useState(false);
  const choose = (file: string, button: HTMLElement) => {
    const image = button.querySelector('img');
    if (image === null || isBusy) return;
    setBusy(true);
    image
      .decode()
      .then(() => paint(image))
      .then((blob) => {
        if (blob !== null) onPicture({ name: `${file}.jpg`, blob });
      })
      .catch(() => announce('The example could not be loaded.'))
      .finally(() => setBusy(false));
  };
  return (
    <div class="examples">
      <p class="fine">Or one of ours:</p>
      <ul>
        {EXAMPLES.map(({ file, title }) => (
          <li key={file}>
            <button type="button" class="example" onClick={(event) => choose(file, event.currentTarget)}>
              <img src={`examples/${file}.svg`} alt="" width="96" height="64" />
              <span>{title}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
