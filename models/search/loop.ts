/** Fewer copies can be what a sign in the picture says. */
const LEAST_COPIES = 6;

/**
 * True where a text is one group of characters at least six times and nothing else, with or without blanks between: "a cat a cat a cat …". The last
 * copy may be cut off, as a limit of length leaves it.
 */
export function isLoop(text: string): boolean {
  const said = text.trim().replace(/\s+/gu, ' ');
  return isRepeated(said) || isRepeated(`${said} `);
}

function isRepeated(text: string): boolean {
  for (let size = 1; size * LEAST_COPIES <= text.length; size += 1) {
    const copies = text.slice(0, size).repeat(Math.ceil(text.length / size));
    if (copies.startsWith(text)) return true;
  }
  return false;
}
