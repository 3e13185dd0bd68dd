import { addFilter } from '@wordpress/hooks';
import { withPanel } from './with-panel';
import './style.scss';

addFilter('editor.BlockEdit', 'altsmith/panel', withPanel);
