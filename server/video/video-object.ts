/** What a page knows of a video and the file does not. */
export interface VideoOnPage {
  readonly name: string;
  readonly description: string;
  /** Seconds. */
  readonly duration: number;
  /** Absolute addresses. */
  readonly thumbnailUrl?: string | undefined;
  readonly contentUrl?: string | undefined;
  /** ISO 8601. */
  readonly uploadDate?: string | undefined;
}

/** Seconds as an ISO 8601 duration: 3675 → "PT1H1M15S". Less than a second is a second: "PT0S" says that there is no video. */
export function isoDuration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${rest > 0 ? `${rest}S` : ''}`;
}

/**
 * schema.org's VideoObject, as JSON-LD. Search engines want name, thumbnailUrl and uploadDate
 * (https://developers.google.com/search/docs/appearance/structured-data/video); what is not known is left out.
 */
export function videoObject({ name, description, duration, ...page }: VideoOnPage): Record<string, string> {
  const known = Object.entries(page).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    name,
    description,
    duration: isoDuration(duration),
    ...Object.fromEntries(known),
  };
}
