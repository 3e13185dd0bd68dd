import type { Request } from 'express';
import { InstanceId } from '../contract/instance';
import { AppError } from '../errors';
import type { Introduction } from '../sites/instance-store';
import { parseTurn, type Turn } from '../sites/instance-turn';
import { siteAddress } from '../sites/site-address';

/** Who speaks beside the key: an installation, a client that names none, or the sidecar's own page. */
export interface Speaker extends Introduction {
  /** The page shows all instances of the site. */
  readonly isConsole: boolean;
  /** Null: the client takes no turns. */
  readonly turn: Turn | null;
}

const consoleRequests = new WeakSet<Request>();

/** Called where the console's log-in has been found good. */
export function markConsole(request: Request): void {
  consoleRequests.add(request);
}

/** Reads the headers `Altsmith-Instance`, `Altsmith-Site` and `Altsmith-Turn`. Throws BAD_REQUEST. */
export function speakerOf(request: Request): Speaker {
  const given = request.get('altsmith-instance');
  const id = given === undefined ? undefined : InstanceId.safeParse(given.trim());
  if (id?.success === false) throw badHeader('altsmith-instance', id.error.issues[0]?.message ?? 'is not an instance');
  const site = request.get('altsmith-site');
  // Node reads headers as Latin-1; names of hosts outside ASCII come as UTF-8.
  const address = site === undefined ? null : siteAddress(Buffer.from(site, 'latin1').toString('utf8'));
  if (site !== undefined && address === null) throw badHeader('altsmith-site', 'must be the host and path of a site');
  const takes = request.get('altsmith-turn');
  const turn = takes === undefined ? null : parseTurn(takes);
  if (takes !== undefined && turn === null) throw badHeader('altsmith-turn', 'must be the last turn and the next');
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  return { id: id?.data ?? null, address, turn, isReading, isConsole: consoleRequests.has(request) };
}

function badHeader(name: string, problem: string): AppError {
  return new AppError('BAD_REQUEST', { problems: [{ where: `header.${name}`, problem }] });
}
