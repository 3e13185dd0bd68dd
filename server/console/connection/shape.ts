/** Says whether a value that came over the network has the type; the contract's types are checked with these. */
export type Check<T> = (value: unknown) => value is T;

export const isText: Check<string> = (value): value is string => typeof value === 'string';
export const isNumber: Check<number> = (value): value is number => typeof value === 'number';
/** JSON knows no undefined. */
export const isJson: Check<unknown> = (value): value is unknown => value !== undefined;
export const isTruth: Check<boolean> = (value): value is boolean => typeof value === 'boolean';

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const isRecordOfTexts: Check<Record<string, string>> = (value): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(isText);

/** One of the words, which the compiler holds against the contract's own list. */
export function oneOf<T extends string>(words: Readonly<Record<T, true>>): Check<T> {
  return (value): value is T => typeof value === 'string' && Object.hasOwn(words, value);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

export function orAbsent<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((item) => check(item));
}

/** An object with at least these members. More are welcome: a newer sidecar may say more. */
export function shape<T extends object>(members: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const checks: [string, Check<unknown>][] = Object.entries(members);
  return (value): value is T => isObject(value) && checks.every(([name, check]) => check(value[name]));
}
