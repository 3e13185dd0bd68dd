/** How each block that shows one picture keeps it. Nothing here needs an editor: it reads and writes plain attributes. */

type Attributes = Readonly<Record<string, unknown>>;

export interface BlockImage {
  /** 0 while a file is still being uploaded, or for a picture that is not from the media library. */
  readonly attachment: number;
  readonly altText: string;
  /** Marked with WordPress 7.1's "Mark as decorative". */
  readonly decorative: boolean;
  readonly linked: boolean;
  /** A click opens the picture large: core does not let such a picture be decorative. */
  readonly lightbox: boolean;
  /** The alt text comes from somewhere else (block bindings, pattern overrides). */
  readonly bound: boolean;
}

interface Names {
  readonly attachment: string;
  readonly altText: string;
}

const NAMES: Readonly<Record<string, Names>> = {
  'core/image': { attachment: 'id', altText: 'alt' },
  'core/cover': { attachment: 'id', altText: 'alt' },
  'core/media-text': { attachment: 'mediaId', altText: 'mediaAlt' },
};

export const GALLERY = 'core/gallery';

function record(value: unknown): Attributes {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** The picture of a block; null when the block shows none of its own (a video, the featured image, another block). */
export function imageOf(block: string, attributes: Attributes): BlockImage | null {
  const names = NAMES[block];
  if (names === undefined || attributes['useFeaturedImage'] === true) return null;
  if (block === 'core/cover' && (attributes['backgroundType'] ?? 'image') !== 'image') return null;
  if (block === 'core/media-text' && attributes['mediaType'] !== 'image') return null;
  const attachment = attributes[names.attachment];
  const altText = attributes[names.altText];
  const bindings = record(record(attributes['metadata'])['bindings']);
  return {
    attachment: typeof attachment === 'number' ? attachment : 0,
    altText: typeof altText === 'string' ? altText : '',
    decorative: attributes['isDecorative'] === true,
    linked: typeof attributes['href'] === 'string' && attributes['href'] !== '',
    lightbox: record(attributes['lightbox'])['enabled'] === true,
    bound: names.altText in bindings || '__default' in bindings,
  };
}

/** The attributes that give a block this alt text. */
export function withAltText(block: string, altText: string): Attributes {
  const names = NAMES[block];
  return names === undefined ? {} : { [names.altText]: altText };
}

/** What WordPress 7.1's own checkbox sets: a picture that says nothing has no caption and leads nowhere. */
export const DECORATIVE: Attributes = {
  isDecorative: true,
  alt: '',
  caption: undefined,
  href: undefined,
  linkDestination: undefined,
  linkTarget: undefined,
  rel: undefined,
};
