import { __ } from '@wordpress/i18n';
import type { Browser, FilterView, MediaViews } from './media-views';

const ID = 'media-attachment-altsmith-filters';

/** Adds "Any alt text / missing / needs review …" to the toolbar of the media library's grid. */
function addFilter(views: MediaViews): void {
  const labels = window.altsmith.filterLabels ?? {};
  const AltTextFilters = views.AttachmentFilters.extend({
    id: ID,
    createFilters(this: FilterView) {
      this.filters = {
        all: { text: __('Any alt text', 'altsmith'), props: { altsmith_state: '' }, priority: 10 },
      };
      Object.entries(labels).forEach(([state, text], index) => {
        this.filters[state] = { text, props: { altsmith_state: state }, priority: 20 + index };
      });
    },
  });
  const original = views.AttachmentsBrowser;
  views.AttachmentsBrowser = original.extend({
    createToolbar(this: Browser) {
      original.prototype.createToolbar.call(this);
      const label = new views.Label({
        value: __('Filter by alt text', 'altsmith'),
        attributes: { for: ID },
        priority: -72,
      });
      const filter = new AltTextFilters({
        controller: this.controller,
        model: this.collection.props,
        priority: -72,
      });
      this.toolbar.set('altsmithFilterLabel', label.render());
      this.toolbar.set('altsmithFilter', filter.render());
    },
  });
}

const views = window.wp?.media?.view;
if (views !== undefined) addFilter(views);
