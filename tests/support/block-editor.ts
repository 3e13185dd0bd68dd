import type { Locator, Page } from 'playwright-core';
import type { AdminBrowser } from './admin-browser';
import { waitFor } from './wait-for';

/** One picture for a post of the tests. */
export interface Picture {
  readonly id: number;
  readonly url: string;
}

/** Blocks as the editor of WordPress 6.5 to 7.1 saves them. */
export const blocks = {
  image: ({ id, url }: Picture, alt = '', around: (tag: string) => string = (tag) => tag): string =>
    `<!-- wp:image {"id":${id},"sizeSlug":"full"} -->\n<figure class="wp-block-image size-full">${around(`<img src="${url}" alt="${alt}" class="wp-image-${id}"/>`)}</figure>\n<!-- /wp:image -->`,
  gallery: (pictures: readonly Picture[]): string =>
    `<!-- wp:gallery {"linkTo":"none"} -->\n<figure class="wp-block-gallery has-nested-images columns-default is-cropped">${pictures.map((one) => blocks.image(one)).join('\n\n')}</figure>\n<!-- /wp:gallery -->`,
  cover: ({ id, url }: Picture): string =>
    `<!-- wp:cover {"url":"${url}","id":${id},"dimRatio":50} -->\n<div class="wp-block-cover"><span aria-hidden="true" class="wp-block-cover__background has-background-dim"></span><img class="wp-block-cover__image-background wp-image-${id}" alt="" src="${url}" data-object-fit="cover"/><div class="wp-block-cover__inner-container"><!-- wp:paragraph -->\n<p>On it</p>\n<!-- /wp:paragraph --></div></div>\n<!-- /wp:cover -->`,
  /** A Cover with a fixed background has no picture tag. */
  fixedCover: ({ id, url }: Picture): string =>
    `<!-- wp:cover {"url":"${url}","id":${id},"hasParallax":true,"dimRatio":50} -->\n<div class="wp-block-cover has-parallax"><span aria-hidden="true" class="wp-block-cover__background has-background-dim"></span><div class="wp-block-cover__image-background wp-image-${id} has-parallax" style="background-position:50% 50%;background-image:url(${url})"></div><div class="wp-block-cover__inner-container"><!-- wp:paragraph -->\n<p>On it</p>\n<!-- /wp:paragraph --></div></div>\n<!-- /wp:cover -->`,
  mediaText: ({ id, url }: Picture): string =>
    `<!-- wp:media-text {"mediaId":${id},"mediaType":"image"} -->\n<div class="wp-block-media-text is-stacked-on-mobile"><figure class="wp-block-media-text__media"><img src="${url}" alt="" class="wp-image-${id} size-full"/></figure><div class="wp-block-media-text__content"><!-- wp:paragraph -->\n<p>Beside</p>\n<!-- /wp:paragraph --></div></div>\n<!-- /wp:media-text -->`,
};

/** A post open in the block editor. */
export class BlockEditor {
  private constructor(private readonly page: Page) {}

  static async open(admin: AdminBrowser, post: number): Promise<BlockEditor> {
    await admin.go(`/wp-admin/post.php?post=${post}&action=edit`);
    await admin.page.waitForFunction(() =>
      Boolean((window as any).wp?.data?.select('core/block-editor')?.getBlocks().length),
    );
    return BlockEditor.#tidy(admin);
  }

  /** A new post with one empty Image block. */
  static async withEmptyImage(admin: AdminBrowser): Promise<BlockEditor> {
    await admin.go('/wp-admin/post-new.php');
    await admin.page.waitForFunction(() => Boolean((window as any).wp?.blocks?.getBlockType('core/image')));
    const editor = await BlockEditor.#tidy(admin);
    await admin.page.evaluate(() => {
      const { data, blocks: made } = (window as any).wp;
      data.dispatch('core/block-editor').insertBlocks(made.createBlock('core/image'));
    });
    return editor;
  }

  static async #tidy(admin: AdminBrowser): Promise<BlockEditor> {
    await admin.page.evaluate(() => {
      const preferences = (window as any).wp.data.dispatch('core/preferences');
      for (const scope of ['core', 'core/edit-post']) {
        preferences.set(scope, 'welcomeGuide', false);
        preferences.set(scope, 'fullscreenMode', false);
      }
    });
    return new BlockEditor(admin.page);
  }

  /** Selects a block of the post by its place, `[3]`, or a block inside it, `[2, 0]`. */
  async select(place: readonly number[]): Promise<Locator> {
    await this.page.evaluate((path) => {
      const { select, dispatch } = (window as any).wp.data;
      let list = select('core/block-editor').getBlocks();
      let block: any;
      for (const index of path) {
        block = list[index];
        list = block.innerBlocks;
      }
      dispatch('core/block-editor').selectBlock(block.clientId);
    }, place);
    const panel = this.page.locator('.altsmith-panel');
    await panel.waitFor();
    return panel;
  }

  /** Presses Upload in an empty Image block; gives the attachment's id once the library has it. */
  async upload(file: string): Promise<number> {
    const frame = this.page.locator('iframe[name="editor-canvas"]');
    const button = { name: 'Upload', exact: true };
    await this.page.locator('iframe[name="editor-canvas"], .block-editor-writing-flow').first().waitFor();
    const canvas = (await frame.count()) > 0 ? frame.contentFrame() : this.page;
    const chooser = this.page.waitForEvent('filechooser');
    await canvas.getByRole('button', button).first().click();
    await (await chooser).setFiles(file);
    return waitFor('the block to have its picture', async () => (await this.attributes(0))['id'], {
      timeoutMs: 60_000,
    });
  }

  attributes(place: number): Promise<Record<string, any>> {
    return this.page.evaluate(
      (index) => (window as any).wp.data.select('core/block-editor').getBlocks()[index].attributes,
      place,
    );
  }

  /** Names of the blocks whose HTML the editor would not have written: people see "unexpected or invalid content". */
  invalidBlocks(): Promise<string[]> {
    return this.page.evaluate(() => {
      const all = (list: any[]): any[] => list.flatMap((block) => [block, ...all(block.innerBlocks)]);
      return all((window as any).wp.data.select('core/block-editor').getBlocks())
        .filter((block) => !block.isValid)
        .map((block) => block.name);
    });
  }

  /** What the live regions say to a screen reader. */
  spoken(): Promise<string> {
    return this.page.evaluate(() =>
      ['a11y-speak-polite', 'a11y-speak-assertive'].map((id) => document.getElementById(id)?.textContent).join(' '),
    );
  }

  /** The words on the button that has the focus. */
  focused(): Promise<string> {
    return this.page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
  }

  async save(): Promise<void> {
    await this.page.evaluate(() => (window as any).wp.data.dispatch('core/editor').savePost());
  }
}
