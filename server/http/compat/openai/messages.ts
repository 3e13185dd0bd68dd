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
  /** The last text of the turn. */
  readonly text: string | undefined;
}

/** Pictures and text of the last user message. Throws IMAGE_MISSING, TOO_MANY_IMAGES, PARAMETER_UNSUPPORTED. */
export function lastTurnOf(messages: Messages): LastTurn {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? [];
  if (typeof content === 'string') throw new AppError('IMAGE_MISSING');
  const pictures: string[] = [];
  let text: string | undefined;
  for (const part of content) {
    if (TEXT_PARTS.has(part.type)) text = part.text ?? text;
    else if (PICTURE_PARTS.has(part.type)) {
      const url = typeof part.image_url === 'string' ? part.image_url : part.image_url?.url;
      if (url !== undefined) pictures.push(url);
    } else
      throw new AppError('PARAMETER_UNSUPPORTED', { parameter: `messages: a part of type ${part.type.slice(0, 40)}` });
  }
  if (pictures.length === 0) throw new AppError('IMAGE_MISSING');
  if (pictures.length > MOST_PICTURES) throw new AppError('TOO_MANY_IMAGES', { most: MOST_PICTURES });
  return { pictures, text };
}
