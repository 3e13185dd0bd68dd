import { InspectorControls, useBlockEditingMode } from '@wordpress/block-editor';
import { PanelBody } from '@wordpress/components';
import { createHigherOrderComponent } from '@wordpress/compose';
import { __ } from '@wordpress/i18n';
import type { ComponentType, ReactNode } from 'react';
import { GALLERY, imageOf, type BlockImage } from '../shared/block-images';
import { GalleryPanel } from './gallery-panel';
import { PicturePanel } from './picture-panel';

export interface BlockProps {
  readonly name: string;
  readonly clientId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isSelected: boolean;
  readonly setAttributes: (attributes: Readonly<Record<string, unknown>>) => void;
}

/** Adds our panel to the blocks that show pictures, while one of them is selected. */
export const withPanel = createHigherOrderComponent(
  (BlockEdit: ComponentType<BlockProps>) =>
    function WithPanel(props: BlockProps) {
      const image = props.isSelected ? imageOf(props.name, props.attributes) : null;
      const isGallery = props.isSelected && props.name === GALLERY;
      // The block itself always stands in the same place of the tree: otherwise React would build it anew on every click.
      return (
        <>
          <BlockEdit {...props} />
          {isGallery && <GalleryControls {...props} />}
          {image !== null && <PictureControls {...props} image={image} />}
        </>
      );
    },
  'withAltsmithPanel',
);

function PictureControls(props: BlockProps & { readonly image: BlockImage }) {
  const isOpen = useBlockEditingMode() === 'default';
  // An address of this kind means that the file is still being uploaded: there is nothing to say yet.
  if (!isOpen || props.image.bound || props.image.attachment === 0) return null;
  return (
    <Controls>
      <PicturePanel key={props.image.attachment} {...props} />
    </Controls>
  );
}

function GalleryControls({ clientId }: BlockProps) {
  if (useBlockEditingMode() !== 'default') return null;
  return (
    <Controls>
      <GalleryPanel clientId={clientId} />
    </Controls>
  );
}

function Controls({ children }: { readonly children: ReactNode }) {
  return (
    <InspectorControls group={window.altsmith.contentTab ? 'content' : 'settings'}>
      <PanelBody title={__('Alt text suggestion', 'altsmith')} className="altsmith-panel">
        {children}
      </PanelBody>
    </InspectorControls>
  );
}
