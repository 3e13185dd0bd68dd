const FILE = /\/replicate\/v1\/files\/([0-9a-f]{64})$/;

/** sha256 of a file that was uploaded here; null for any other text. */
export function uploadedFile(text: string): string | null {
  return text.startsWith('http') ? (FILE.exec(text)?.[1] ?? null) : null;
}
