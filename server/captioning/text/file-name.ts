const LONGEST_STEM = 60;
/** Extension for a file whose present name is not known. */
const EXTENSION_OF: Readonly<Record<string, string>> = { jpeg: 'jpg', tiff: 'tif', heif: 'avif' };

function extensionOf(fileName: string | undefined, format: string): string {
  const known = /\.([A-Za-z0-9]{1,5})$/.exec(fileName ?? '')?.[1];
  return known?.toLowerCase() ?? EXTENSION_OF[format] ?? format;
}

/**
 * A file name that says what is to be seen: "brown-dog-running.jpg". The extension of the present file is kept. Null
 * when the title holds no Latin letters or digits, since other scripts do not survive every server.
 */
export function fileName(title: string | null, presentName: string | undefined, format: string): string | null {
  const plain = (title ?? '')
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  let stem = '';
  for (const word of words) {
    const longer = stem === '' ? word : `${stem}-${word}`;
    if (longer.length > LONGEST_STEM) break;
    stem = longer;
  }
  return stem === '' ? null : `${stem}.${extensionOf(presentName, format)}`;
}
