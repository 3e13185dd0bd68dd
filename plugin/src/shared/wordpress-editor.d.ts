/**
 * What we use of the editor's own packages. WordPress loads them; they are not bundled, and installing them for their types
 * alone would bring in several hundred packages.
 */
declare module '@wordpress/block-editor' {
  import type { ReduxStoreConfig, StoreDescriptor } from '@wordpress/data';
  import type { ComponentType, ReactNode } from 'react';

  type Actions = { readonly selectBlock: (clientId: string) => unknown };
  type Selectors = { readonly getBlocks: (state: unknown, clientId?: string) => unknown };
  export const InspectorControls: ComponentType<{ readonly group?: string; readonly children: ReactNode }>;
  export function useBlockEditingMode(): 'default' | 'contentOnly' | 'disabled';
  export const store: StoreDescriptor<ReduxStoreConfig<unknown, Actions, Selectors>>;
}

declare module '@wordpress/blocks' {
  export function getBlockType(name: string): { readonly attributes: Readonly<Record<string, unknown>> } | undefined;
}

declare module '@wordpress/editor' {
  import type { ReduxStoreConfig, StoreDescriptor } from '@wordpress/data';
  import type { ComponentType, ReactNode } from 'react';

  interface PanelProps {
    readonly title?: ReactNode;
    readonly icon?: ReactNode;
    readonly initialOpen?: boolean;
    readonly className?: string;
    readonly children: ReactNode;
  }
  /** Here since WordPress 6.6. */
  type Actions = { readonly closePublishSidebar?: () => unknown };
  type Selectors = {
    readonly getEditedPostAttribute: (state: unknown, name: string) => unknown;
    readonly isPublishSidebarOpened?: (state: unknown) => boolean;
  };
  export const store: StoreDescriptor<ReduxStoreConfig<unknown, Actions, Selectors>>;
  /** Here since WordPress 6.6. */
  export const PluginPrePublishPanel: ComponentType<PanelProps> | undefined;
}

declare module '@wordpress/edit-post' {
  import type { ReduxStoreConfig, StoreDescriptor } from '@wordpress/data';
  import type { ComponentType, ReactNode } from 'react';

  type Actions = {
    readonly openGeneralSidebar: (name: string) => unknown;
    /** Until WordPress 6.5; later a deprecated name for the editor's. */
    readonly closePublishSidebar: () => unknown;
  };
  /** Until WordPress 6.5, as above. */
  type Selectors = { readonly isPublishSidebarOpened: (state: unknown) => boolean };
  export const store: StoreDescriptor<ReduxStoreConfig<unknown, Actions, Selectors>>;

  /** Here until WordPress 6.5; later only as a deprecated name for the editor's. */
  export const PluginPrePublishPanel: ComponentType<{
    readonly title?: ReactNode;
    readonly icon?: ReactNode;
    readonly initialOpen?: boolean;
    readonly className?: string;
    readonly children: ReactNode;
  }>;
}

declare module '@wordpress/plugins' {
  import type { ComponentType } from 'react';

  export function registerPlugin(
    name: string,
    settings: { readonly render: ComponentType; readonly icon?: null },
  ): void;
}
