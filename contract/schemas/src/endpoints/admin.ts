/** Endpoints about the server itself. */
import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { jsonObject } from "../fields.ts";
import { serverDefaultResultStorageResponse, serverDefaultResultStorageUpdate } from "../storage-defaults.ts";

export const adminEndpoints = {
  readSettings: endpoint({
    operationId: "readSettings",
    method: "GET",
    path: "/admin/settings",
    tag: "Admin",
    summary: "The server's settings, secrets masked",
    statuses: [200],
    response: jsonObject(),
  }),
  readServerVersion: endpoint({
    operationId: "readServerVersion",
    method: "GET",
    path: "/admin/version",
    tag: "Admin",
    summary: "The Prefect release that the server behaves like",
    statuses: [200],
    response: z.string(),
  }),
  readDefaultResultStorage: endpoint({
    operationId: "readDefaultResultStorage",
    method: "GET",
    path: "/admin/storage",
    tag: "Admin",
    summary: "The block that results go to by default",
    statuses: [200],
    response: serverDefaultResultStorageResponse,
  }),
  updateDefaultResultStorage: endpoint({
    operationId: "updateDefaultResultStorage",
    method: "PUT",
    path: "/admin/storage",
    tag: "Admin",
    summary: "Set the block that results go to by default",
    body: serverDefaultResultStorageUpdate,
    statuses: [200],
    response: serverDefaultResultStorageResponse,
  }),
  clearDefaultResultStorage: endpoint({
    operationId: "clearDefaultResultStorage",
    method: "DELETE",
    path: "/admin/storage",
    tag: "Admin",
    summary: "Forget the block that results go to by default",
    statuses: [204],
  }),
};
