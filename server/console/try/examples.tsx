import { useState } from 'preact/hooks';
import { announce } from '../parts/announcer';
import type { Named } from './use-pictures';

/** So that everybody can try without a picture at hand: two photographs (tests/fixtures/LICENSES.md), and drawings made for this page. */
const EXAMPLES = [
  { file: 'cat.jpg', title: 'Face of a cat' },
  { file: 'coffee.jpg', title: 'Cup of coffee' },
  { file: 'boat.svg', title: 'Boat on a lake' },
  { file: 'dog.svg', title: 'Dog in a meadow' },
  { file: 'chart.svg', title: 'Bar chart' },
] as const;

const WIDTH = 960;
const HEIGHT = 640;

/** A drawing as the JPEG that a website would have. */
async function paint(image: HTMLImageElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.getContext('2d')?.drawImage(image, 0, 0, WIDTH, HEIGHT);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
}

/** The file itself where it is a photograph. */
async function pictureOf(image: HTMLImageElement): Promise<Blob | null> {
  if (image.src.endsWith('.svg')) return image.decode().then(() => paint(image));
  const answer = await fetch(image.src);
  return answer.blob();
}

export function Examples({ onPicture }: { onPicture: (picture: Named) => void }) {
  const [isBusy, setBusy] = useState(false);
  const choose = (file: string, button: HTMLElement) => {
    const image = button.querySelector('img');
    if (image === null || isBusy) return;
    setBusy(true);
    pictureOf(image)
      .then((blob) => {
        if (blob !== null) onPicture({ name: file.replace('.svg', '.jpg'), blob });
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
              <img src={`examples/${file}`} alt="" width="96" height="64" />
              <span>{title}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
