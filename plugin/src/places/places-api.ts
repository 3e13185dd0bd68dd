import { call } from '../shared/api';

/** One place where an image is shown. */
export interface Placement {
  /** '' for a place that cannot be changed from here. */
  readonly key: string;
  /** Which kind of place it is: "content", "featured", "elementor" and so on. */
  readonly kind: string;
  /** The post, term or user that shows it, or the site. */
  readonly post: {
    /** 0 for what is no post. */
    readonly id: number;
    readonly title: string;
    readonly type: string;
    readonly edit_url: string;
    readonly view_url: string;
  };
  readonly block: string;
  readonly alt_text: string | null;
  readonly state:
    | 'decorative'
    | 'empty'
    | 'current'
    | 'old_value'
    | 'custom'
    | 'linked'
    | 'live'
    | 'background'
    | 'named'
    | 'unknown';
  /** Why it cannot be changed from here, or ''. */
  readonly locked: string;
  /** "draft" where it is not what visitors see; else ''. */
  readonly version: string;
  readonly builder: string;
  readonly can_change: boolean;
  readonly ticked: boolean;
}

/** What a change does, or did, to one post. */
export interface PostChange {
  readonly post_id: number;
  readonly post: Placement['post'] | null;
  /** "updated" after it was written; otherwise why it was not, or '' in a preview. */
  readonly outcome: string;
  readonly changes: readonly { readonly key: string; readonly before: string; readonly after: string }[];
}

/** One change to posts that can be taken back. */
export interface Change {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly text: string;
  readonly posts: number;
}

export interface PlacesState {
  readonly items: readonly Placement[];
  /** What could not be searched: the image may be shown there. `items` are the newest of them. */
  readonly unread: { readonly count: number; readonly items: readonly (Placement['post'] & { readonly builder: string })[] };
  /** Posts this person may not edit. */
  readonly hidden: number;
  readonly more: boolean;
  /** The media library's own text, which the places can get. */
  readonly text: string;
  readonly changes: readonly Change[];
  /** Whether everything written before the plugin came has been looked through, and how many posts so far. */
  readonly scan: { readonly done: boolean; readonly read: number };
}

/** @param text What the places would get; '' for the library's own text. */
export const readPlaces = (attachment: number, text: string): Promise<PlacesState> =>
  call('GET', `attachments/${attachment}/placements${text === '' ? '' : `?${new URLSearchParams({ text }).toString()}`}`);

export const previewPlaces = (
  attachment: number,
  keys: readonly string[],
  text: string,
): Promise<{ readonly items: readonly PostChange[] }> =>
  call('POST', `attachments/${attachment}/placements/preview`, { keys, text });

export const applyPlaces = (
  attachment: number,
  keys: readonly string[],
  text: string,
): Promise<{ readonly change_id: string; readonly items: readonly PostChange[] }> =>
  call('POST', `attachments/${attachment}/placements/apply`, { keys, text });

export const undoPlaces = (attachment: number, changeId: string): Promise<unknown> =>
  call('POST', `attachments/${attachment}/placements/undo`, { change_id: changeId });
