/** The {@link Call} of a request: read from its headers, and only as far as a handler asks. */
import { ATTEMPT_HEADER, type WorkspaceId } from "@sluice/schemas";
import { type Actor, actorOf } from "../../access/actor.ts";
import { parseClientVersion, type VersionNumbers } from "../../access/client-versions.ts";
import type { Call } from "./call.ts";

/** What counts as true in a header. */
const TRUE_WORDS = new Set(["true", "1", "yes", "on", "t", "y"]);

/** Headers by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface RequestOrigin {
  readonly headers: RequestHeaders;
  readonly workspace_id: WorkspaceId;
  readonly request_id: string;
  readonly api_url: string;
}

export class RequestCall implements Call {
  readonly api_version: VersionNumbers | null;
  private readonly origin: RequestOrigin;

  constructor(origin: RequestOrigin, apiVersion: VersionNumbers | null) {
    this.origin = origin;
    this.api_version = apiVersion;
  }

  get workspace_id(): WorkspaceId {
    return this.origin.workspace_id;
  }

  get actor(): Actor {
    const { headers } = this.origin;
    return actorOf(
      oneHeader(headers, "prefect-automation-id"),
      oneHeader(headers, "prefect-automation-name"),
    );
  }

  get client_version(): string | null {
    return parseClientVersion(oneHeader(this.origin.headers, "user-agent"));
  }

  get attempt(): number | null {
    const value = oneHeader(this.origin.headers, ATTEMPT_HEADER);
    return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  get is_from_ui(): boolean {
    return TRUE_WORDS.has(oneHeader(this.origin.headers, "x-prefect-ui")?.toLowerCase() ?? "");
  }

  get request_id(): string {
    return this.origin.request_id;
  }

  get api_url(): string {
    return this.origin.api_url;
  }
}

export function oneHeader(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
