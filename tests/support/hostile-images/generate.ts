import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bombs } from './bombs';
import { bitFlipped, mislabelled, smashed, surrounded, truncated } from './damage';
import { notImages, polyglots, svgs } from './foreign-files';
import { headerLies } from './header-lies';
import { animations, oddImages } from './odd-images';
import { brokenPngs } from './png';
import { soundImages } from './sound-images';
import type { ManifestEntry, Specimen } from './specimen';

const SEED = 20_261_121;

/** The classes of reliability test B1, each under its name. */
async function collect(): Promise<Readonly<Record<string, readonly Specimen[]>>> {
  const sound = await soundImages(SEED);
  return {
    valid: sound,
    truncated: truncated(sound),
    'bit-flipped': bitFlipped(sound, SEED),
    smashed: smashed(sound, SEED + 1),
    'header-lies': headerLies(sound),
    bombs: bombs(sound),
    svg: svgs(),
    'not-an-image': notImages(),
    polyglots: polyglots(sound),
    'broken-png': brokenPngs(),
    mislabelled: mislabelled(await soundImages(SEED + 100)),
    surrounded: surrounded(sound, SEED + 2),
    odd: await oddImages(),
    animated: await animations(),
  };
}

/** Writes every file and `manifest.json` into `folder`. */
async function generate(folder: string): Promise<void> {
  const manifest: ManifestEntry[] = [];
  for (const [kind, specimens] of Object.entries(await collect())) {
    mkdirSync(path.join(folder, kind), { recursive: true });
    for (const { name, bytes, ending, mediaType = 'application/octet-stream' } of specimens) {
      const file = path.join(kind, name);
      writeFileSync(path.join(folder, file), bytes);
      manifest.push({ file, kind, ending, mediaType });
    }
  }
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest, null, 1));
}

generate(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
