/** Events at rest: the event, and an index of the resources it is about (protocol section 7). */
import type { EventId, Timestamp, WorkspaceId } from "@sluice/schemas";
import type { JsonObject } from "./common.ts";

/** Labels of one resource; has `prefect.resource.id`, and `prefect.resource.role` when it is a related one. */
export type ResourceLabels = Readonly<Record<string, string>>;

export interface StoredEvent {
  readonly id: EventId;
  readonly workspace_id: WorkspaceId;
  readonly occurred: Timestamp;
  readonly received: Timestamp;
  readonly event: string;
  readonly resource: ResourceLabels;
  readonly related: readonly ResourceLabels[];
  readonly payload: JsonObject;
  readonly follows: EventId | null;
}

type Values = readonly string[] | null | undefined;
/** Label → accepted values; `*` and `?` are wildcards, a leading `!` negates. Labels AND, values OR. */
export type LabelSpecification = Readonly<Record<string, string | readonly string[]>>;

export interface EventResourceFilter {
  readonly id?: Values;
  readonly id_prefix?: Values;
  readonly labels?: LabelSpecification | null;
  /** One event, the newest, for each resource id. */
  readonly distinct?: boolean;
}
export interface EventRelatedFilter {
  readonly id?: Values;
  readonly role?: Values;
  readonly resources_in_roles?: readonly (readonly [id: string, role: string])[] | null;
  readonly labels?: LabelSpecification | null;
}
export interface EventAnyResourceFilter {
  readonly id?: Values;
  readonly id_prefix?: Values;
  readonly labels?: LabelSpecification | null;
}

/** Parts AND; values inside a part OR; a list of related or any-resource filters ANDs (protocol section 7.6). */
export interface EventFilter {
  readonly occurred: { readonly since: Timestamp; readonly until: Timestamp };
  readonly event?: {
    readonly prefix?: Values;
    readonly exclude_prefix?: Values;
    readonly name?: Values;
    readonly exclude_name?: Values;
  } | null;
  readonly resource?: EventResourceFilter | null;
  readonly related?: EventRelatedFilter | readonly EventRelatedFilter[] | null;
  readonly any_resource?: EventAnyResourceFilter | readonly EventAnyResourceFilter[] | null;
  readonly id?: { readonly id?: Values } | null;
  readonly text?: { readonly query: string } | null;
  /** DESC (newest first) when absent. */
  readonly order?: "ASC" | "DESC" | null;
}

export interface EventCount {
  /** Bucket number, event name or resource id. */
  readonly value: string;
  readonly label: string;
  readonly count: number;
  readonly start_time: Timestamp;
  readonly end_time: Timestamp;
}

export interface EventReads {
  read(workspaceId: WorkspaceId, id: EventId): Promise<StoredEvent | null>;
  list(
    workspaceId: WorkspaceId,
    query: { readonly filter: EventFilter; readonly limit: number; readonly offset: number },
  ): Promise<StoredEvent[]>;
  count(workspaceId: WorkspaceId, filter: EventFilter): Promise<number>;
  /** Time slices of `interval_seconds` aligned to `origin`; only slices with events, oldest first. `bucket` 0 holds `origin`. */
  countByTime(
    workspaceId: WorkspaceId,
    filter: EventFilter,
    slices: { readonly origin: Timestamp; readonly interval_seconds: number },
  ): Promise<{ readonly bucket: number; readonly count: number }[]>;
  /** By count, largest first. */
  countByEvent(workspaceId: WorkspaceId, filter: EventFilter): Promise<EventCount[]>;
  /** By primary resource; the label is its latest name, else its id. By count, largest first. */
  countByResource(workspaceId: WorkspaceId, filter: EventFilter): Promise<EventCount[]>;
}

export interface EventWrites {
  /** Inserts events with their resource index and ignores ids that are stored already. Returns the ids that are new. */
  insert(events: readonly StoredEvent[]): Promise<Set<EventId>>;
  /** Retention: deletes events that occurred before the moment, at most `limit` of them; returns how many. */
  deleteBefore(occurred: Timestamp, limit: number): Promise<number>;
}
