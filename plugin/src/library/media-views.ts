/** The few parts of WordPress's Backbone media library that are used here; it comes without types. */

export interface View {
  render(): View;
}

export interface Toolbar {
  set(id: string, view: View): void;
}

interface FilterChoice {
  readonly text: string;
  readonly props: Readonly<Record<string, string>>;
  readonly priority: number;
}

export interface FilterView extends View {
  filters: Record<string, FilterChoice>;
}

export interface Browser {
  readonly controller: { isModeActive?: (mode: string) => boolean };
  readonly collection: { readonly props: unknown };
  readonly toolbar: Toolbar;
}

interface Extendable<Instance> {
  new (options: Readonly<Record<string, unknown>>): View;
  readonly prototype: { createToolbar(this: Instance): void };
  extend(members: ThisType<Instance> & Readonly<Record<string, unknown>>): Extendable<Instance>;
}

export interface MediaViews {
  readonly Label: new (options: Readonly<Record<string, unknown>>) => View;
  readonly AttachmentFilters: Extendable<FilterView>;
  AttachmentsBrowser: Extendable<Browser>;
}

/** Gives the one model of an image that all parts of the media window share. */
type AttachmentModels = (id: number) => {
  set(values: Readonly<Record<string, unknown>>, options: { readonly silent: boolean }): void;
};

/** The media modal of WordPress. */
export interface MediaFrame {
  on(event: 'select', callback: () => void): void;
  open(): void;
  state(): { get(name: 'selection'): { first(): { get(name: 'id'): number } | undefined } };
}

declare global {
  interface Window {
    readonly wp?: { readonly media?: { readonly view?: MediaViews; readonly attachment?: AttachmentModels } & ((options: unknown) => MediaFrame) };
  }
}
