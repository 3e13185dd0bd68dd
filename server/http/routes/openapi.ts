import { z } from 'zod';
import { openApiDocument, type OpenApiDocument } from '../openapi';
import { defineRoute, type Route } from '../route';

/** The route that describes the others; `routes` is asked for at the first call, when the table is complete. */
export function openApiRoute(routes: () => readonly Route[]): Route {
  // Making it takes some 50 ms, and it changes with the program only.
  let made: OpenApiDocument | null = null;
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    access: 'any',
    summary: 'This document.',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
    handle: ({ request, services }) => {
      made ??= openApiDocument(routes(), services.version);
      return { status: 200, body: { ...made, servers: [{ url: services.links.base(request) }] } };
    },
  });
}
