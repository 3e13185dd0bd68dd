import type { Placement } from '../places/places-api';
import { call } from './api';
import type { Suggestion } from './types';

/** Everything the site knows about one image. `Suggestion_View::attachment` in PHP is the other side. */
export interface AttachmentState {
  readonly id: number;
  readonly status: string;
  readonly status_text: string;
  readonly kind: 'image' | 'video';
  /** Whether the browser may cut still pictures of a video that the sidecar could not read. */
  readonly frames_help: boolean;
  /** Where its file is; '' for an image. */
  readonly video_url: string;
  readonly alt_text: string;
  readonly decorative: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly suggestion: Suggestion | null;
  readonly review_url: string;
  /** Only in the answer to a request: why the sidecar did not answer. */
  readonly problem?: string;
}

/** One line of the check before publishing. */
export interface ImageState {
  readonly id: number;
  readonly title: string;
  readonly alt_text: string;
  readonly decorative: boolean;
  readonly status: string;
}

/** What the site is asked for: all but the placements, for which it reads every post that shows the image. */
const FIELDS = '_fields=id,status,status_text,kind,frames_help,video_url,alt_text,decorative,error,suggestion,review_url,problem';

export const readAttachment = (id: number, signal?: AbortSignal): Promise<AttachmentState> =>
  call('GET', `attachments/${id}?${FIELDS}`, undefined, signal);

/** Where it is shown, as far as this person may edit the posts, measured against the library's text. */
export async function readPlacements(id: number, signal?: AbortSignal): Promise<readonly Placement[]> {
  const path = `attachments/${id}?_fields=placements`;
  return (await call<{ readonly placements: readonly Placement[] }>('GET', path, undefined, signal)).placements;
}

/** Waits some seconds for the suggestion; the answer's status says whether it came. */
export const requestSuggestion = (id: number, signal?: AbortSignal): Promise<AttachmentState> =>
  call('POST', `attachments/${id}/request?${FIELDS}`, undefined, signal);

/** A still picture of a video: base64 of a JPEG. */
export interface Frame {
  readonly at: number;
  readonly image: string;
}

/** Asks for a suggestion by still pictures that the browser has cut. */
export const sendFrames = (id: number, duration: number, frames: readonly Frame[], signal?: AbortSignal): Promise<AttachmentState> =>
  call('POST', `attachments/${id}/frames?${FIELDS}`, { duration, frames }, signal);

export async function readImages(ids: readonly number[], signal?: AbortSignal): Promise<readonly ImageState[]> {
  if (ids.length === 0) return [];
  const query = new URLSearchParams();
  for (const id of ids.slice(0, 100)) query.append('ids[]', String(id));
  const answer = await call<{ readonly items: readonly ImageState[] }>('GET', `images?${query.toString()}`, undefined, signal);
  return answer.items;
}

/** Whether a suggestion is still on its way. */
export const isUnderWay = (status: string): boolean => status === 'queued' || status === 'sent';
