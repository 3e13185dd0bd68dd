const LIST_UNTIL = [4, 13, 14] as const;

/** The npm client's version, from its User-Agent; null for everybody else. */
function npmVersion(userAgent: string | undefined): readonly number[] | null {
  const match = /@huggingface\/inference\/(\d+)\.(\d+)\.(\d+)/.exec(userAgent ?? '');
  return match === null ? null : match.slice(1).map(Number);
}

function isAfter(version: readonly number[], other: readonly number[]): boolean {
  for (const [at, part] of other.entries()) {
    const own = version[at] ?? 0;
    if (own !== part) return own > part;
  }
  return false;
}

/**
 * Image-to-text is answered with a list, but npm's client from 4.13.15 on throws on a list and wants the object itself.
 * Browsers may hide the version: `?format=object` says it outright.
 */
export function wantsObject(userAgent: string | undefined, format: string | undefined): boolean {
  if (format !== undefined) return format === 'object';
  const version = npmVersion(userAgent);
  return version !== null && isAfter(version, LIST_UNTIL);
}
