'use strict';

/**
 * The parts that words of the command line name, in their stages; without words all but those that run only by name. A word names one part, or all
 * that begin with it and a dash. `build` always comes with parts that use what is built. Gives `{stages, unknown}`.
 */
function choose(stages, words) {
  const isNamed = (name, word) => name === word || name.startsWith(`${word}-`);
  const parts = stages.flat();
  const unknown = words.filter((word) => !parts.some(({ name }) => isNamed(name, word)));
  const named = parts.filter(({ name, onlyByName }) =>
    words.length === 0 ? onlyByName !== true : words.some((word) => isNamed(name, word)),
  );
  const needsBuild = named.some((part) => part.sourcesOnly !== true);
  const chosen = parts.filter((part) => named.includes(part) || (needsBuild && part.name === 'build'));
  return {
    stages: stages.map((stage) => stage.filter((part) => chosen.includes(part))).filter((stage) => stage.length > 0),
    unknown,
  };
}

module.exports = { choose };
