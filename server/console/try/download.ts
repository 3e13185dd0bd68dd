import { asText, type Format } from './export';
import type { Picture } from './picture';

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  txt: 'text/plain;charset=utf-8',
  json: 'application/json',
  csv: 'text/csv;charset=utf-8',
};

/** Hands a file to the person, made in the browser. */
export function download(pictures: readonly Picture[], format: Format): void {
  const url = URL.createObjectURL(new Blob([asText(pictures, format)], { type: MEDIA_TYPES[format] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `alt-text.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
