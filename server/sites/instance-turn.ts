/**
 * How two copies of one database are told apart although they call themselves the same and name the same address: each
 * reading of the feed takes the next turn, and two that go on from the same turn cannot both be the installation.
 */
export interface Turn {
  /** The turn that was taken last, and the one to take now: `number.random`. */
  readonly last: string;
  readonly next: string;
}

const HEADER = /^(\d{1,15}\.[0-9a-f]{8,32}) (\d{1,15}\.[0-9a-f]{8,32})$/;

/** Reads the header `Altsmith-Turn`; null when it is none. */
export function parseTurn(header: string): Turn | null {
  const [, last, next] = HEADER.exec(header.trim()) ?? [];
  return last === undefined || next === undefined || numberOf(next) !== numberOf(last) + 1 ? null : { last, next };
}

/**
 * Whether an installation whose newest known turn is `known` may take this one. The same turn again is a repetition whose
 * answer was lost. A sidecar that knows only an earlier turn was restored from a backup, so it accepts the turn.
 */
export function mayTake(turn: Turn, known: string | null): boolean {
  if (known === null || known === turn.last || known === turn.next) return true;
  return numberOf(known) < numberOf(turn.last);
}

function numberOf(turn: string): number {
  return Number.parseInt(turn, 10);
}
