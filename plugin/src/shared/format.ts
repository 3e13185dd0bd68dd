import { dateI18n, getSettings } from '@wordpress/date';

/** A number as the language of the screen writes it, which need not be the browser's. */
export const formatNumber = (value: number): string => value.toLocaleString(document.documentElement.lang || undefined);

/** A moment, given in RFC 3339, in the time zone and the format of the site, as WordPress itself shows it. */
export const formatTime = (moment: string): string => dateI18n(getSettings().formats.datetime, moment, undefined);
