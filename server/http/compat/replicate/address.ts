import type { Request } from 'express';

const FILE = /\/replicate\/v1\/files\/([0-9a-f]{64})$/;

/** The address that the client used, so that the links in answers lead back here. */
export function baseOf(request: Request): string {
  return `${request.protocol}://${request.headers.host ?? 'localhost'}/replicate/v1`;
}

/** sha256 of a file that was uploaded here; null for any other text. */
export function uploadedFile(text: string): string | null {
  return text.startsWith('http') ? (FILE.exec(text)?.[1] ?? null) : null;
}
