import type { Request, Response } from 'express';
import type { z } from 'zod';
import { AppError } from '../errors';
import type { Face } from './compat/face';
import type { Principal } from '../sites/key-store';
import type { Services, SiteServices } from './services';
import type { Speaker } from './speaker';

/**
 * Who may call a route: everybody; everybody, and who has a key is told more; any valid key; a key for metrics or an
 * admin key; a key of the named scope. `site-or-local`: a site's key, or none for a program on this machine where the
 * settings say so.
 */
export type Access = 'open' | 'optional' | 'any' | 'operator' | 'site' | 'site-or-local' | 'worker' | 'admin';
export type Method = 'get' | 'head' | 'put' | 'post' | 'patch' | 'delete';

/** What a route answers. `file` streams a file; `body` is sent as JSON, or as it is when it is a string. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Sent piece by piece, the first one with the headers. */
  readonly stream?: AsyncIterable<string>;
  readonly file?: { readonly path: string; readonly mediaType: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Path of what was made, such as `/v1/jobs/x`; sent as `Location` under the address that clients use. */
  readonly location?: string;
}

/** One request, parsed. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly principal: Principal | null;
  /** The installation that the headers name. */
  readonly speaker: Speaker;
  readonly services: Services;
  /** The key's site; null for a program that came without a key. */
  readonly siteId: string | null;
  /** What the speaking instance of the key's site can reach. Throws INSTANCE_CONFLICT, and where the access is not `site`. */
  readonly site: SiteServices;
  readonly request: Request;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** Most bytes of a JSON body that carries texts: six of 10,000 characters, escaped in the longest way. */
export const TEXTS_LIMIT = 512 * 1024;

/** JSON, the raw bytes of an image or of a video, JSON or an image, or whatever the route reads by itself. */
export type BodyKind = 'none' | 'json' | 'image' | 'video' | 'json-or-image' | 'own';

export interface RouteFacts {
  readonly method: Method;
  /** In the form of OpenAPI: `/v1/jobs/{id}`; `{*rest}` at the end stands for one part or more. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly bodyKind?: BodyKind;
  /** Most bytes of a JSON body, its pictures left out; 64 kB unless given. */
  readonly jsonLimit?: number;
  /** A text in the JSON body may be a picture in base64; its limit is that of a picture. */
  readonly hasPictures?: boolean;
  /** It answers with a caption: while too many wait for one already, it is refused before its body is read. */
  readonly captionsNow?: boolean;
  /** Set for routes that speak another API's language, errors included; they stay out of our OpenAPI document. */
  readonly face?: Face;
  /** Schema of the body by status; null where there is none, a media type where it is not JSON. */
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
}

export interface Route extends RouteFacts {
  readonly schemas: { readonly params?: z.ZodType; readonly query?: z.ZodType; readonly body?: z.ZodType };
  readonly run: (input: Call<unknown, unknown, unknown>) => Promise<Reply>;
}

interface Definition<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> extends RouteFacts {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (call: Call<z.infer<Params>, z.infer<Query>, z.infer<Body>>) => Reply | Promise<Reply>;
}

/** A route whose handler sees only what its schemas let through. */
export function defineRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: Definition<Params, Query, Body>): Route {
  const { params, query, body, handle, ...facts } = definition;
  return {
    ...facts,
    schemas: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
    },
    run: async (call) =>
      handle({
        params: parse(params, call.params, 'path'),
        query: parse(query, call.query, 'query'),
        body: parse(body, call.body, 'body'),
        principal: call.principal,
        speaker: call.speaker,
        services: call.services,
        siteId: call.siteId,
        get site() {
          return call.site;
        },
        request: call.request,
        signal: call.signal,
      }),
  };
}

/** Most problems told at once. */
const MOST_PROBLEMS = 10;

/** Throws BAD_REQUEST with the places that are wrong; never with the values that stood there. */
export function parse<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  place: string,
): z.infer<Schema>;
export function parse(schema: z.ZodType | undefined, value: unknown, place: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('BAD_REQUEST', {
    problems: result.error.issues.slice(0, MOST_PROBLEMS).map((issue) => ({
      where: [place, ...issue.path.map(String)].join('.').slice(0, 200),
      problem: issue.message.slice(0, 200),
    })),
  });
}

export type { Request, Response };
