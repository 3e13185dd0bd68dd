import apiFetch from '@wordpress/api-fetch';
import type { Placements } from '../review/placements-api';
import { toRequestError } from '../shared/api';

/** One change to posts that can be taken back. */
export interface Change {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly text: string;
  readonly posts: number;
}

export interface PlacesState extends Placements {
  /** The media library's own text, which the places can get. */
  readonly text: string;
  readonly changes: readonly Change[];
  /** Whether everything written before the plugin came has been looked through, and how many posts so far. */
  readonly scan: { readonly done: boolean; readonly read: number };
}

export async function readPlaces(attachment: number): Promise<PlacesState> {
  try {
    return await apiFetch<PlacesState>({ path: `/altsmith/v1/attachments/${attachment}/placements` });
  } catch (thrown) {
    throw toRequestError(thrown);
  }
}
