import { z } from 'zod';
import { AppError } from '../../../errors';

/** A part of a message: of chat completions, or of the Responses API (`input_…`, and the address as a plain string). */
const Part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  image_url: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
});
const Message = z.looseObject({
  role: z.string().default('user'),
  content: z.union([z.string(), z.array(Part), z.null()]).optional(),
});
export const Messages = z.array(Message).max(1000);
export type Messages = z.infer<typeof Messages>;

/** More pictures than this are a conversation about pictures, which a captioner cannot hold. */
const MOST_PICTURES = 2;
const TEXT_PARTS = new Set(['text', 'input_text']);
const PICTURE_PARTS = new Set(['image_url', 'input_image']);

export interface LastTurn {
  /** Data URIs, base64 or addresses: one or two. */
  readonly pictures: readonly string[];
  /** The last text of the last user message. */
  readonly text: string | undefined;
}

type Content = z.infer<typeof Message>['content'];

/**
 * The newest pictures of the conversation, and what its last user message says about them: clients send a picture once
 * and go on talking, or send picture and text as two messages. Throws IMAGE_MISSING, TOO_MANY_IMAGES,
 * PARAMETER_UNSUPPORTED.
 */
export function lastTurnOf(messages: Messages): LastTurn {
  const asked = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const pictures = asked.map(picturesOf).findLast((found) => found.length > 0) ?? [];
  if (pictures.length === 0) throw new AppError('IMAGE_MISSING');
  if (pictures.length > MOST_PICTURES) throw new AppError('TOO_MANY_IMAGES', { most: MOST_PICTURES });
  return { pictures, text: textOf(asked.at(-1)) };
}

function picturesOf(content: Content): string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((part) => {
    if (TEXT_PARTS.has(part.type)) return [];
    if (!PICTURE_PARTS.has(part.type))
      throw new AppError('PARAMETER_UNSUPPORTED', { parameter: `messages: a part of type ${part.type.slice(0, 40)}` });
    const url = typeof part.image_url === 'string' ? part.image_url : part.image_url?.url;
    return url === undefined ? [] : [url];
  });
}

function textOf(content: Content): string | undefined {
  if (!Array.isArray(content)) return content ?? undefined;
  return content.findLast(({ type, text }) => TEXT_PARTS.has(type) && text !== undefined)?.text;
}
