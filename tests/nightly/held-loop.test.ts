import type { Route } from '../../server/http/route';
import { ROUTES } from '../../server/http/route-table';
import { MOST_TURN_MS, WatchedSidecar } from '../support/held-loop';

const MOST_BYTES = 25_000_000;

const sidecar = new WatchedSidecar();
beforeAll(() => sidecar.start(), 60_000);
afterAll(() => sidecar.remove());

test.each(ROUTES.map((route): [string, Route] => [`${route.method.toUpperCase()} ${route.path}`, route]))(
  '%s keeps nobody waiting, whatever is sent up to its limits',
  async (_name, route) => {
    const turns = await sidecar.longestTurns(route, MOST_BYTES);
    expect(turns.find(({ ms }) => ms > MOST_TURN_MS)).toBeUndefined();
  },
  180_000,
);
