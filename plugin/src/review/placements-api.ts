import apiFetch from '@wordpress/api-fetch';
import { toRequestError } from '../shared/api';

export interface Placement {
  /** '' for a place that cannot be changed from here. */
  readonly key: string;
  readonly post: {
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly edit_url: string;
    readonly view_url: string;
  };
  readonly block: string;
  readonly alt_text: string | null;
  readonly state: 'decorative' | 'empty' | 'current' | 'old_value' | 'custom' | 'linked' | 'live';
  readonly builder: string;
  readonly can_change: boolean;
  readonly ticked: boolean;
}

export interface Placements {
  readonly items: readonly Placement[];
  /** Posts this person may not edit. */
  readonly hidden: number;
  readonly more: boolean;
}

export interface PlacementPreview {
  readonly post_id: number;
  readonly post: Placement['post'] | null;
  /** "updated" after it was written; otherwise why it was not, or '' in a preview. */
  readonly outcome: string;
  readonly changes: readonly { readonly key: string; readonly before: string; readonly after: string }[];
}

async function call<Answer>(method: string, path: string, data?: unknown): Promise<Answer> {
  try {
    return await apiFetch<Answer>({
      path: `/altsmith/v1/attachments/${path}`,
      method,
      ...(data === undefined ? {} : { data }),
    });
  } catch (thrown) {
    throw toRequestError(thrown);
  }
}

export const readPlacements = (attachment: number, text: string): Promise<Placements> =>
  call('GET', `${attachment}/placements?${new URLSearchParams({ text }).toString()}`);

export const previewPlacements = (
  attachment: number,
  keys: readonly string[],
  text: string,
): Promise<{ readonly items: readonly PlacementPreview[] }> =>
  call('POST', `${attachment}/placements/preview`, { keys, text });

export const applyPlacements = (
  attachment: number,
  keys: readonly string[],
  text: string,
): Promise<{ readonly change_id: string; readonly items: readonly PlacementPreview[] }> =>
  call('POST', `${attachment}/placements/apply`, { keys, text });

export const undoPlacements = (attachment: number, changeId: string): Promise<unknown> =>
  call('POST', `${attachment}/placements/undo`, { change_id: changeId });
