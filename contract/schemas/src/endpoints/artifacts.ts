/** Endpoints of artifacts and of the newest of each key. */
import { z } from "zod";
import {
  artifactCollectionResponse,
  artifactCreate,
  artifactResponse,
  artifactUpdate,
} from "../artifacts.ts";
import { endpoint } from "../endpoint.ts";
import { integer } from "../fields.ts";
import { artifactCollectionFilter, artifactFilter } from "../filters/artifact-filter.ts";
import { objectFilters } from "../filters/object-filters.ts";
import { artifactCollectionSort, artifactSort } from "../filters/sorts.ts";
import { idParam } from "../parameters.ts";
import { limitField, offsetField, omittable, withDefault } from "../request-fields.ts";

const tag = "Artifacts";
const params = idParam<"artifact">();
const filters = { artifacts: omittable(artifactFilter), ...objectFilters };
const latestFilters = { artifacts: omittable(artifactCollectionFilter), ...objectFilters };

export const artifactEndpoints = {
  createArtifact: endpoint({
    operationId: "createArtifact",
    method: "POST",
    path: "/artifacts/",
    tag,
    summary: "Create an artifact; one with a key becomes the newest of that key",
    body: artifactCreate,
    statuses: [200, 201],
    response: artifactResponse,
  }),
  readArtifact: endpoint({
    operationId: "readArtifact",
    method: "GET",
    path: "/artifacts/{id}",
    tag,
    summary: "Read an artifact",
    params,
    statuses: [200],
    response: artifactResponse,
  }),
  readLatestArtifact: endpoint({
    operationId: "readLatestArtifact",
    method: "GET",
    path: "/artifacts/{key}/latest",
    tag,
    summary: "Read the newest artifact of a key; its id is that of the collection",
    params: z.object({ key: z.string() }),
    statuses: [200],
    response: artifactResponse,
  }),
  readArtifacts: endpoint({
    operationId: "readArtifacts",
    method: "POST",
    path: "/artifacts/filter",
    tag,
    summary: "List artifacts",
    body: z.object({
      limit: limitField,
      offset: offsetField,
      sort: withDefault(artifactSort, "ID_DESC"),
      ...filters,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(artifactResponse),
  }),
  readLatestArtifacts: endpoint({
    operationId: "readLatestArtifacts",
    method: "POST",
    path: "/artifacts/latest/filter",
    tag,
    summary: "List the newest artifacts of their keys",
    body: z.object({
      limit: limitField,
      offset: offsetField,
      sort: withDefault(artifactCollectionSort, "ID_DESC"),
      ...latestFilters,
    }),
    bodyOptional: true,
    statuses: [200],
    response: z.array(artifactCollectionResponse),
  }),
  countArtifacts: endpoint({
    operationId: "countArtifacts",
    method: "POST",
    path: "/artifacts/count",
    tag,
    summary: "Count artifacts",
    body: z.object(filters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  countLatestArtifacts: endpoint({
    operationId: "countLatestArtifacts",
    method: "POST",
    path: "/artifacts/latest/count",
    tag,
    summary: "Count the newest artifacts of their keys",
    body: z.object(latestFilters),
    bodyOptional: true,
    statuses: [200],
    response: integer,
  }),
  updateArtifact: endpoint({
    operationId: "updateArtifact",
    method: "PATCH",
    path: "/artifacts/{id}",
    tag,
    summary: "Change an artifact",
    params,
    body: artifactUpdate,
    statuses: [204],
  }),
  deleteArtifact: endpoint({
    operationId: "deleteArtifact",
    method: "DELETE",
    path: "/artifacts/{id}",
    tag,
    summary: "Delete an artifact; of the newest of a key the one before takes the place",
    params,
    statuses: [204],
  }),
};
