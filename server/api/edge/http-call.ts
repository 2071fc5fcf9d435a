/** The {@link Call} of an HTTP request: read from its headers, and only as far as a handler asks. */
import { type Timestamp, timestampFromMilliseconds, type WorkspaceId } from "@sluice/schemas";
import type { FastifyRequest } from "fastify";
import { type Actor, actorOf } from "../../access/actor.ts";
import { parseClientVersion, type VersionNumbers } from "../../access/client-versions.ts";
import type { Call } from "./call.ts";

/** States which execution attempt of a run the writer is (design: fenced attempts). */
export const ATTEMPT_HEADER = "x-sluice-attempt";

export class HttpCall implements Call {
  readonly received: Timestamp = timestampFromMilliseconds(Date.now());
  readonly api_version: VersionNumbers | null;
  private readonly request: FastifyRequest;

  constructor(request: FastifyRequest, apiVersion: VersionNumbers | null) {
    this.request = request;
    this.api_version = apiVersion;
  }

  get workspace_id(): WorkspaceId {
    // Routing refuses requests for workspaces that don't exist.
    return this.request.workspacePath.workspace_id as WorkspaceId;
  }

  get actor(): Actor {
    const { headers } = this.request;
    return actorOf(single(headers["prefect-automation-id"]), single(headers["prefect-automation-name"]));
  }

  get client_version(): string | null {
    return parseClientVersion(this.request.headers["user-agent"]);
  }

  get attempt(): number | null {
    const value = single(this.request.headers[ATTEMPT_HEADER]);
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  get request_id(): string {
    return this.request.id;
  }

  get api_url(): string {
    return HttpCall.apiUrl(this.request);
  }

  /** The API root as the client wrote it, workspace included. */
  static apiUrl(request: FastifyRequest): string {
    const host = request.headers.host ?? "127.0.0.1";
    return `${request.protocol}://${host}/api${request.workspacePath.prefix}`;
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
