import { imageOf } from './block-images';

/** One picture among the blocks of a post. */
export interface PlacedImage {
  readonly clientId: string;
  readonly attachment: number;
  readonly altText: string;
  readonly decorative: boolean;
  readonly bound: boolean;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** All pictures below these blocks, in the order of the post. `blocks` is what the block editor's store gives. */
export function collectImages(blocks: unknown): readonly PlacedImage[] {
  if (!Array.isArray(blocks)) return [];
  return blocks.flatMap((block: unknown): readonly PlacedImage[] => {
    const name = property(block, 'name');
    const clientId = property(block, 'clientId');
    const attributes = property(block, 'attributes');
    const inner = collectImages(property(block, 'innerBlocks'));
    if (typeof name !== 'string' || typeof clientId !== 'string' || typeof attributes !== 'object') return inner;
    const image = imageOf(name, { ...attributes });
    // A block whose picture has not been chosen yet shows nothing, so it lacks nothing.
    const hasPicture = image !== null && (image.attachment !== 0 || typeof property(attributes, 'url') === 'string');
    return hasPicture ? [{ clientId, ...image }, ...inner] : inner;
  });
}

/** A picture that says nothing, though nobody said that it should. */
export function lacksText(image: PlacedImage): boolean {
  return image.altText.trim() === '' && !image.decorative && !image.bound;
}
