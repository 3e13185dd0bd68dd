/** One image of a page that breaks a rule. */
export interface Finding {
  readonly rule: string;
  /** Address as the page has it. */
  readonly src: string;
  readonly alt: string;
  readonly attachment_id: number;
  /** Where the image is edited; empty where it is none of the library. */
  readonly attachment_url: string;
}

export interface AuditedPage {
  readonly post_id: number;
  readonly title: string;
  readonly url: string;
  readonly edit_url: string;
  readonly outcome: string;
  /** Why the page could not be read. */
  readonly message: string;
  readonly images: number;
  readonly found: readonly Finding[];
}

export interface Counts {
  readonly pages: number;
  readonly images: number;
  readonly fine: number;
  readonly found: number;
  readonly unread: number;
}

export interface Rule {
  readonly label: string;
  readonly why: string;
  readonly criteria: string;
}

/** What GET and POST /altsmith/v1/audit answer. */
export interface Audit {
  readonly state: 'none' | 'running' | 'done' | 'stopped';
  readonly done: number;
  readonly total: number;
  /** Seconds since 1970; 0 before the first audit has ended. */
  readonly ended_at: number;
  readonly problem: string;
  readonly counts: Counts;
  /** Latest first. */
  readonly history: readonly (Counts & { readonly day: string })[];
  readonly rules: Readonly<Record<string, Rule>>;
  readonly items: readonly AuditedPage[];
  readonly page: number;
  readonly total_pages: number;
}

export type AuditAction = 'start' | 'continue' | 'cancel';
