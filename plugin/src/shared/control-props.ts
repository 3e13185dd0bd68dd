/** WordPress 6.5 to 6.9 add an outdated margin without it (6.7 and later also warn); 7.0 made it the default. */
export const NO_EXTRA_MARGIN = { __nextHasNoMarginBottom: true } as const;
