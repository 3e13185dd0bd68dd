import type { Named } from './use-pictures';

export interface Choice {
  readonly pictures: readonly Named[];
  /** How many files were left out because they say that they are no pictures. */
  readonly leftOut: number;
}

/** The pictures among files. A file without a type is let through: the sidecar looks at the bytes themselves. */
export function picturesAmong(files: Iterable<File>): Choice {
  const all = [...files];
  const pictures = all.filter((file) => file.type === '' || file.type.startsWith('image/'));
  return {
    pictures: pictures.map((file) => ({ name: file.name === '' ? 'pasted picture' : file.name, blob: file })),
    leftOut: all.length - pictures.length,
  };
}

/** True when a drag carries files, not a piece of text of the page. */
export function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}
