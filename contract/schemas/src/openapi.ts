/** The OpenAPI document, made from the endpoints: what is served and what is documented can't differ (docs/adr/0003). */
import { z } from "zod";
import {
  type CreateDocumentOptions,
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from "zod-openapi";
import type { Endpoint } from "./endpoint.ts";
import { endpointList } from "./endpoints/all.ts";
import { validationErrorBody } from "./error-bodies.ts";
import { SLUICE_VERSION } from "./versions.ts";

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** The OpenAPI 3.1 document of the given endpoints; of all when none are given. */
export function openApiDocument(endpoints: readonly Endpoint[] = endpointList): OpenApiDocument {
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Sluice API",
        version: SLUICE_VERSION,
        description: "Orchestration of flows and tasks; speaks the wire protocol of Prefect 3.",
      },
      paths: pathsOf(endpoints),
    },
    { override: plainSchemas },
  );
}

function pathsOf(endpoints: readonly Endpoint[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const endpoint of endpoints) {
    const path = (paths[endpoint.path] ??= {});
    path[endpoint.method.toLowerCase()] = operationOf(endpoint);
  }
  return paths;
}

function operationOf(endpoint: Endpoint): ZodOpenApiOperationObject {
  const { operationId, tag, summary, params, query, headers, body, bodyOptional = false } = endpoint;
  return {
    operationId,
    tags: [tag],
    summary,
    requestParams: {
      // The endpoint's author declares parameters as objects of fields.
      ...(params && { path: params as z.ZodObject }),
      ...(query && { query: query as z.ZodObject }),
      header: headers ? versionHeader.extend(headers.shape) : versionHeader,
    },
    ...(body && {
      requestBody: { required: !bodyOptional, content: { "application/json": { schema: body } } },
    }),
    responses: responsesOf(endpoint),
  };
}

/** Which version of the protocol the client speaks; none means the latest. */
const versionHeader = z.object({ "x-prefect-api-version": z.string().optional() });

function responsesOf({
  statuses,
  response,
  contentType = "application/json",
}: Endpoint): ZodOpenApiOperationObject["responses"] {
  const content = response && { [contentType]: { schema: response } };
  return {
    ...Object.fromEntries(
      statuses.map((status) => [`${status}`, { description: "Success", ...(content && { content }) }]),
    ),
    "422": {
      description: "The request is not valid",
      content: { "application/json": { schema: validationErrorBody } },
    },
  };
}

/** Leaves out what says nothing: empty defaults, the bounds of every integer, and that responses are closed. */
const plainSchemas: NonNullable<CreateDocumentOptions["override"]> = ({ jsonSchema, io }) => {
  if (isEmpty(jsonSchema.default)) delete jsonSchema.default;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
