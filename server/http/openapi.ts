import { z } from 'zod';
import { AnswerReply, CaptionReply } from '../contract/caption';
import { Change } from '../contract/change';
import { DecisionRequest } from '../contract/decision';
import { ErrorReply } from '../contract/error';
import { Fields, FieldValues, Flag } from '../contract/fields';
import { Job, JobContext, JobRequest } from '../contract/job';
import { ModelRef, Subject } from '../contract/primitives';
import { Run } from '../contract/run';
import { Status } from '../contract/status';
import { DecidedBy, Suggestion } from '../contract/suggestion';
import { VideoDetails, VideoStatus } from '../contract/video';
import type { Access, Route } from './route';

/** Schemas that appear under their own name; everything else stands where it is used. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  AnswerReply,
  CaptionReply,
  Change,
  DecidedBy,
  DecisionRequest,
  ErrorReply,
  Fields,
  FieldValues,
  Flag,
  Job,
  JobContext,
  JobRequest,
  ModelRef,
  Run,
  Status,
  Subject,
  Suggestion,
  VideoDetails,
  VideoStatus,
};

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Json;
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK.',
  201: 'Created.',
  202: 'Stored; it will be done.',
  204: 'Done.',
  503: 'Not able to work at present.',
};

const ACCESS: Readonly<Record<Access, string>> = {
  open: 'Needs no key.',
  optional: 'Needs no key; with a key of the scope `admin` or `metrics` the answer says more.',
  any: 'Needs any valid key.',
  operator: 'Needs a key of the scope `metrics` or `admin`.',
  'site-or-local': 'Needs a key of the scope `site`; programs on this machine need none where the settings say so.',
  site: 'Needs a key of the scope `site`.',
  worker: 'Needs a key of the scope `worker`.',
  admin: 'Needs a key of the scope `admin`.',
};

/** What stands beside a route's access in the documents. */
export function accessSentence(access: Access): string {
  return ACCESS[access];
}

/** The OpenAPI 3.1 document of the routes, made from the schemas that the routes themselves parse with. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const schemas = new SchemaBook();
  const paths: Record<string, Record<string, Json>> = {};
  // Routes in another API's language are described by that API.
  for (const route of routes.filter(({ face }) => face === undefined)) {
    const path = (paths[route.path] ??= {});
    path[route.method] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Altsmith',
      version,
      description: 'Alt text for the images of your own website. Lists are pages of `items` with a `next` cursor.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** Turns schemas into JSON Schema and collects the named ones. */
class SchemaBook {
  readonly #registry = z.registry<{ id: string }>();
  readonly #components: Json = {};

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.#registry.add(schema, { id });
    this.reference(ErrorReply, 'output');
  }

  reference(schema: z.ZodType, io: 'input' | 'output'): Json {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, {
      io,
      metadata: this.#registry,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // `additionalProperties: false` on what we send would forbid us to add to it.
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    for (const [name, definition] of Object.entries($defs)) {
      this.#components[name] ??= relocated(definition);
    }
    const name = this.#registry.get(schema)?.id;
    if (name === undefined) return relocated(own);
    this.#components[name] ??= relocated(own);
    return { $ref: `#/components/schemas/${name}` };
  }

  components(): Json {
    return Object.fromEntries(Object.entries(this.#components).sort(([one], [other]) => one.localeCompare(other)));
  }
}

/** The same schema, with its references pointing to where OpenAPI keeps definitions. */
function relocated(schema: object): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  delete moved['id'];
  delete moved['$schema'];
  return moved;
}

const INSTANCE_HEADERS: readonly Json[] = [
  {
    name: 'Altsmith-Instance',
    in: 'header',
    required: false,
    description:
      'The installation that speaks; it sees only its own rows. All clients that send none are one installation.',
    schema: { type: 'string', minLength: 8, maxLength: 64 },
  },
  {
    name: 'Altsmith-Site',
    in: 'header',
    required: false,
    description: 'Host and path of the site it speaks for; scheme, www. and port do not count.',
    schema: { type: 'string', maxLength: 500 },
  },
];

function operationOf(route: Route, schemas: SchemaBook): Json {
  const answers = Object.entries(route.answers).map(([status, content]) => [
    status,
    {
      description: REASONS[Number(status)] ?? 'Answered.',
      ...(content === null ? {} : { content: contentOf(content, schemas) }),
    },
  ]);
  return {
    operationId: operationId(route),
    summary: route.summary,
    description: ACCESS[route.access],
    ...(route.access === 'open' ? { security: [] } : { security: [{ key: [] }] }),
    parameters: [
      ...parametersOf(route, 'path', schemas),
      ...parametersOf(route, 'query', schemas),
      ...(route.access === 'site' ? INSTANCE_HEADERS : []),
    ],
    ...bodyOf(route, schemas),
    responses: {
      ...Object.fromEntries(answers),
      default: {
        description: 'Refused or failed; docs/errors.md lists the codes.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorReply' } } },
      },
    },
  };
}

function operationId({ method, path }: Route): string {
  const words = path
    .replace(/[{}]/g, '')
    .split(/[/._-]/)
    .filter(Boolean);
  return [method, ...words]
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function contentOf(content: z.ZodType | string, schemas: SchemaBook): Json {
  if (typeof content === 'string') return { [content]: {} };
  return { 'application/json': { schema: schemas.reference(content, 'output') } };
}

const ObjectSchema = z.looseObject({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  required: z.array(z.string()).default([]),
});

function parametersOf(route: Route, place: 'path' | 'query', schemas: SchemaBook): Json[] {
  const schema = place === 'path' ? route.schemas.params : route.schemas.query;
  if (schema === undefined) return [];
  const { properties, required } = ObjectSchema.parse(schemas.reference(schema, 'input'));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

const IMAGE_BODY: Json = { 'application/octet-stream': {}, 'image/*': {} };
const VIDEO_BODY: Json = { 'application/octet-stream': {}, 'video/*': {} };

function bodyOf(route: Route, schemas: SchemaBook): Json {
  const { bodyKind = 'none' } = route;
  if (bodyKind === 'none') return {};
  if (bodyKind === 'image') return { requestBody: { required: true, content: IMAGE_BODY } };
  if (bodyKind === 'video') return { requestBody: { required: true, content: VIDEO_BODY } };
  const schema = route.schemas.body;
  const json = schema === undefined ? {} : { 'application/json': { schema: schemas.reference(schema, 'input') } };
  const image = bodyKind === 'json-or-image' ? IMAGE_BODY : {};
  return { requestBody: { required: true, content: { ...json, ...image } } };
}
