'use strict';
// What DataViews loads and a list does not need, in the few lines that are called: pictures that move, colours that are
// computed, sliders that are dragged. Together they are 65 kB of the screen's script, compressed.

/** Properties of the animation library that a plain element does not know. */
const ANIMATION_PROPS = ['initial', 'animate', 'exit', 'transition', 'variants', 'layout', 'layoutId', 'whileHover', 'whileTap'];

const framerMotion = `
import { createElement, forwardRef, Fragment, useEffect } from 'react';
const known = new Map();
const dropped = new Set(${JSON.stringify(ANIMATION_PROPS)});
// The library writes "x" and "y" of a style as a transformation; popovers are placed by it.
const placed = ({ x, y, originX, originY, ...style }) =>
  x === undefined && y === undefined ? style : { ...style, transform: 'translate(' + (x ?? 0) + 'px, ' + (y ?? 0) + 'px)' };
const element = (tag) =>
  forwardRef(({ onAnimationComplete, ...props }, ref) => {
    useEffect(() => onAnimationComplete?.(), []);
    const kept = Object.fromEntries(Object.entries(props).filter(([name]) => !dropped.has(name)));
    return createElement(tag, { ...kept, ...(kept.style === undefined ? {} : { style: placed(kept.style) }), ref });
  });
export const motion = new Proxy({}, {
  get: (_, tag) => {
    if (!known.has(tag)) known.set(tag, element(tag));
    return known.get(tag);
  },
});
export const AnimatePresence = ({ children }) => createElement(Fragment, null, children);
export const MotionConfig = AnimatePresence;
export const useIsPresent = () => true;
export const cubicBezier = () => (value) => value;
`;

const theme = `
export const ThemeProvider = ({ children }) => children;
`;

/** Only hexadecimal colours with an opacity are computed while the components load. */
const colord = `
const parts = (hex) => {
  const long = /^#(..)(..)(..)$/.exec(String(hex).replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'));
  return long === null ? null : long.slice(1).map((part) => parseInt(part, 16));
};
export const extend = () => {};
export const getFormat = () => 'hex';
export const colord = (given) => {
  const rgb = parts(given);
  const with_ = (opacity) => ({
    alpha: (next) => with_(next),
    isValid: () => rgb !== null,
    isLight: () => rgb === null || rgb[0] * 0.299 + rgb[1] * 0.587 + rgb[2] * 0.114 > 127,
    toRgbString: () => 'rgba(' + (rgb ?? [0, 0, 0]).join(', ') + ', ' + opacity + ')',
    toHex: () => String(given),
  });
  return with_(1);
};
`;

const gestures = `
export const useDrag = () => () => ({});
`;

/** Dates are shown by our own fields and narrowed by none; the list only asks whether one is valid. */
const dates = `
const moved = (set, get) => (date, amount) => {
  const next = new Date(date);
  next[set](next[get]() - amount);
  return next;
};
export const isValid = (date) => date instanceof Date && !Number.isNaN(date.getTime());
export const parse = () => new Date(NaN);
export const subDays = moved('setDate', 'getDate');
export const subWeeks = (date, amount) => subDays(date, 7 * amount);
export const subMonths = moved('setMonth', 'getMonth');
export const subYears = moved('setFullYear', 'getFullYear');
`;

/** By the name that is imported. A package that asks one of them for something else fails the build. */
const STAND_INS = {
  'framer-motion': framerMotion,
  '@wordpress/theme': theme,
  colord,
  'date-fns': dates,
  'colord/plugins/names': 'export default {};',
  'colord/plugins/a11y': 'export default {};',
  '@use-gesture/react': gestures,
};

module.exports = { STAND_INS };
