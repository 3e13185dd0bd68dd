import { z } from 'zod';
import { openApiDocument } from '../openapi';
import { defineRoute, type Route } from '../route';

/** The route that describes the others; `routes` is asked for at the first call, when the table is complete. */
export function openApiRoute(routes: () => readonly Route[]): Route {
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    access: 'loopback',
    summary: 'This document.',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    handle: ({ services }) => ({ status: 200, body: openApiDocument(routes(), services.version) }),
  });
}
