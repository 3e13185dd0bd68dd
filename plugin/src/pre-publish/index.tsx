import { registerPlugin } from '@wordpress/plugins';
import { PrePublishPanel } from './pre-publish-panel';

registerPlugin('altsmith-pre-publish', { render: PrePublishPanel, icon: null });
