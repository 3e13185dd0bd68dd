/** What our REST routes answer with. PHP's Suggestion_View and System_Controller are the other side of it. */

export type SuggestionState =
  'pending' | 'approved' | 'rejected' | 'decorative' | 'applied' | 'conflict' | 'superseded';

export interface Flag {
  readonly code: string;
  readonly message: string;
}

export interface Follows {
  readonly title?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
}

export interface Picture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly srcset: string;
}

export interface VideoScene {
  /** Seconds from the beginning. */
  readonly at: number;
  readonly caption: string;
}

/** What a suggestion says of its video besides the texts. */
export interface Video {
  readonly url: string;
  readonly type: string;
  /** Seconds. */
  readonly duration: number;
  /** null: nobody could tell. */
  readonly has_sound: boolean | null;
  /** Whether it could be read to its end. */
  readonly is_whole: boolean;
  /** How many still pictures the texts were made of. */
  readonly stills: number;
  readonly scenes: readonly VideoScene[];
  /** Success criteria of WCAG that these texts cannot meet. */
  readonly open: readonly string[];
  /** One scene a line. */
  readonly text_alternative: string;
  /** Of the featured image; '' where the video has none. */
  readonly poster_url: string;
  /** The frame that can become it; null where there is one already. */
  readonly poster: { readonly at: number; readonly alt_text: string } | null;
}

export interface Suggestion {
  readonly id: string;
  readonly kind: 'image' | 'video';
  /** null for an image. */
  readonly video: Video | null;
  readonly version: number;
  readonly state: SuggestionState;
  readonly status: string;
  readonly suggested_alt: string;
  readonly values: { readonly alt_text?: string } | null;
  /** What an approval also writes: the title, description and keywords that have room. */
  readonly follows: Follows;
  readonly alternatives: readonly string[];
  readonly confidence: number;
  readonly flags: readonly Flag[];
  readonly model: {
    readonly id: string;
    readonly precision: string;
    readonly demonstration: boolean;
    /** Whether the confidence was measured for this model. */
    readonly calibrated: boolean;
  };
  readonly reason: string;
  readonly decided_by: { readonly id: string; readonly name: string } | null;
  readonly can_undo: boolean;
  /** Names of those who left the image to somebody else. */
  readonly passed_by: readonly string[];
  /** Whether this person is one of them. */
  readonly is_passed: boolean;
  /** Words that the model read in the picture; '' where there are none, or it cannot read. */
  readonly text_in_picture: string;
  /** Of the text as it is now, as a BCP 47 tag; '' where the sidecar does not say. */
  readonly language: string;
  /** The English that the text was translated from, or will be; '' where it is English itself. */
  readonly source: string;
  /** The model that translated it; '' where none did. */
  readonly translator: string;
  readonly attachment_id: number;
  readonly title: string;
  readonly file_name: string;
  readonly current_alt: string;
  readonly is_decorative: boolean;
  readonly thumbnail: { readonly url: string; readonly width: number; readonly height: number } | null;
  /** For a whole window; `srcset` may be empty. */
  readonly picture: Picture | null;
  readonly edit_url: string;
  /** In how many posts, terms, users and so on the image is shown. */
  readonly used_in: number;
  /** Whether everything was searched and could be read, so that 0 means that it was found nowhere. */
  readonly used_in_complete: boolean;
  readonly created_at: string;
  readonly run_id: string | null;
}

export interface SuggestionPage {
  readonly items: readonly Suggestion[];
  readonly total: number;
  readonly pages: number;
  /** How many open suggestions this person has passed on. */
  readonly passed: number;
}

export type Action = 'approve' | 'reject' | 'decorative' | 'reopen';

export interface Decision {
  readonly action: Action;
  readonly version: number;
  /** The alt text that was on the screen: the write compares against it. */
  readonly seen: string;
  readonly values?: { readonly alt_text: string; readonly text_alternative?: string } & Follows;
  /** Of a video: the alt text of the frame that becomes its featured image; absent: none does. */
  readonly poster_alt?: string;
  readonly reason?: string;
  /** Default `one`. */
  readonly mode?: 'one' | 'bulk';
  /** Whether the picture and its text were before the person's eyes. */
  /** The English beside a translation, where the person changed it. */
  readonly source?: string;
  readonly displayed?: boolean;
}

/** One entry of the list that an approval of everything works through. */
export interface Frozen {
  readonly suggestion_id: string;
  readonly version: number;
  readonly seen: string;
}

export interface DecisionResult {
  readonly suggestion_id: string;
  readonly suggestion?: Suggestion;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface FlowStatus {
  readonly configured: boolean;
  readonly automatic: boolean;
  readonly counts: Readonly<Partial<Record<string, number>>>;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly last_sync: string | null;
  readonly last_cron: string | null;
  readonly cron_disabled: boolean;
}

/** Which model writes at present. */
export interface ModelReply {
  /** null: the sidecar did not answer. */
  readonly demonstration: boolean | null;
  /** Id of a better model that is being downloaded; '' for none. */
  readonly coming: string;
  /** Whether it can answer questions about an image; null: the sidecar did not answer. */
  readonly answers: boolean | null;
  /** Whether suggestions that nobody has decided on by then are requested again. */
  readonly asksAgain: boolean;
}

export interface SyncReply {
  readonly ran: boolean;
  readonly sent: number;
  readonly error: string;
  readonly status: FlowStatus;
}

export interface ConnectionReply {
  readonly outcome: string;
  readonly ok: boolean;
  readonly message: string;
  /** Where images go, as a sentence. */
  readonly destination: string;
  /** Only after a good answer: whether the sidecar may call this site. */
  readonly webhook?: boolean;
}

/** The one object that PHP leaves on the page for us. */
export interface Bootstrap {
  readonly configured: boolean;
  /** Of the site, such as `de_DE`. */
  readonly locale: string;
  readonly canSettings: boolean;
  readonly settingsUrl: string;
  readonly reviewUrl: string;
  /** Only for the media library. */
  readonly filterLabels?: Readonly<Record<string, string>>;
  readonly contentTab: boolean;
  /** Only for existing images: where the whole library is downloaded as CSV. */
  readonly csvUrl?: string;
  /** Whether the site has products. */
  readonly hasShop?: boolean;
  /** Only for the review screen: letters that this person changed. */
  readonly shortcuts?: { readonly on: boolean; readonly keys: Readonly<Record<string, string>> };
}

declare global {
  interface Window {
    readonly altsmith: Bootstrap;
  }
}
