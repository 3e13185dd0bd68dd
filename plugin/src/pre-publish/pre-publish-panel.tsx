import { store as blockEditor } from '@wordpress/block-editor';
import { Button } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import * as editPost from '@wordpress/edit-post';
import * as editor from '@wordpress/editor';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { readImages, type ImageState } from '../shared/attachment-api';
import { collectImages, lacksText, type PlacedImage } from '../shared/placed-images';
import { findings, type Finding } from './findings';

/** WordPress 6.6 moved it from one package to the other; the old name warns when it is used. */
const Panel = editor.PluginPrePublishPanel ?? editPost.PluginPrePublishPanel;

/** Before publishing: which pictures of the post have a suggestion waiting, and which say nothing. It never stops anybody. */
export function PrePublishPanel() {
  // Only then the blocks are walked through: not at every letter that somebody types.
  return useIsPublishing() ? <OfThePost /> : null;
}

/** Whether the publishing step is open. WordPress 6.6 moved this from one package to the other. */
function useIsPublishing(): boolean {
  return useSelect((select) => {
    const { isPublishSidebarOpened } = select(editor.store);
    return (isPublishSidebarOpened ?? select(editPost.store).isPublishSidebarOpened)();
  }, []);
}

function OfThePost() {
  const blocks: unknown = useSelect((select) => select(blockEditor).getBlocks(), []);
  const featured: unknown = useSelect((select) => select(editor.store).getEditedPostAttribute('featured_media'), []);
  const images = collectImages(blocks);
  const featuredId = typeof featured === 'number' ? featured : 0;
  if (images.length === 0 && featuredId === 0) return null;
  return (
    <Panel
      title={__('Alt text', 'altsmith')}
      initialOpen={featuredId !== 0 || images.some(lacksText)}
      className="altsmith-pre-publish"
    >
      <Report images={images} featured={featuredId} />
    </Panel>
  );
}

/** On the screen only while somebody is about to publish, so that it asks how things stand then. */
function Report({ images, featured }: { readonly images: readonly PlacedImage[]; readonly featured: number }) {
  const showBlock = useShowBlock();
  const states = useStates([...images.map((image) => image.attachment), featured]);
  const found = findings(images, featured, states);
  return (
    <>
      <p>{summary(found)}</p>
      <ul>
        {found.map((finding) => (
          <li key={`${finding.clientId} ${finding.attachment}`}>
            {finding.clientId === '' ? (
              finding.title
            ) : (
              <Button variant="link" onClick={() => showBlock(finding.clientId)}>
                {finding.title}
              </Button>
            )}
            <br />
            {finding.kind === 'waiting' ? (
              <a href={`${window.altsmith.reviewUrl}&attachment=${finding.attachment}`}>
                {__('Review the suggestion', 'altsmith')}
              </a>
            ) : (
              __('No alt text.', 'altsmith')
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Leaves the publishing step, which covers the block's settings, and opens them. */
function useShowBlock(): (clientId: string) => void {
  const { selectBlock } = useDispatch(blockEditor);
  const { closePublishSidebar } = useDispatch(editor.store);
  const screen = useDispatch(editPost.store);
  return (clientId) => {
    if (closePublishSidebar === undefined) void screen.closePublishSidebar();
    else void closePublishSidebar();
    void selectBlock(clientId);
    void screen.openGeneralSidebar('edit-post/block');
  };
}

/** "2 images have suggestions that need review. 1 image has no alt text." in whole sentences, which other languages can order as they need. */
function summary(found: readonly Finding[]): string {
  const waiting = found.filter((finding) => finding.kind === 'waiting').length;
  const lacking = found.length - waiting;
  const sentences = [
    /* translators: %d: number of images */
    waiting > 0 && sprintf(_n('%d image has a suggestion that needs review.', '%d images have suggestions that need review.', waiting, 'altsmith'), waiting),
    /* translators: %d: number of images */
    lacking > 0 && sprintf(_n('%d image has no alt text.', '%d images have no alt text.', lacking, 'altsmith'), lacking),
  ].filter((sentence) => sentence !== false);
  return sentences.length > 0 ? sentences.join(' ') : __('Every image has alt text or is decorative.', 'altsmith');
}

function useStates(attachments: readonly number[]): ReadonlyMap<number, ImageState> {
  const [states, setStates] = useState<ReadonlyMap<number, ImageState>>(new Map());
  const ids = [...new Set(attachments.filter((id) => id !== 0))].join(' ');
  useEffect(() => {
    const life = new AbortController();
    const wanted = ids === '' ? [] : ids.split(' ').map(Number);
    readImages(wanted, life.signal).then(
      (items) => setStates(new Map(items.map((item) => [item.id, item]))),
      () => undefined, // What the blocks themselves say is shown all the same.
    );
    return () => life.abort();
  }, [ids]);
  return states;
}
