/** What lets root open whatever it likes. */
const OVERRIDES = '-dac_override,-dac_read_search';

/**
 * A program and its words, run so that the rights of files hold, also where the tests run as root: the user stays the same and so finds
 * all files of the tests wherever they lie, but may no longer pass over a missing right. setpriv is part of util-linux.
 */
export function boundByRights(command: readonly [string, ...string[]]): [string, ...string[]] {
  if (process.getuid?.() !== 0) return [...command];
  return ['setpriv', `--bounding-set=${OVERRIDES}`, `--inh-caps=${OVERRIDES}`, ...command];
}
