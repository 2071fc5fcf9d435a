/** Events at rest: the event, and an index of the resources it is about (protocol section 7). */
import type * as contract from "@sluice/schemas";
import type { EventId, Timestamp, WorkspaceId } from "@sluice/schemas";

export type ResourceLabels = contract.Resource;
export type LabelSpecification = contract.ResourceSpecification;
export type EventResourceFilter = NonNullable<contract.EventFilter["resource"]>;
export type EventRelatedFilter = Exclude<NonNullable<contract.EventFilter["related"]>, readonly unknown[]>;
export type EventAnyResourceFilter = Exclude<
  NonNullable<contract.EventFilter["any_resource"]>,
  readonly unknown[]
>;

export interface StoredEvent extends contract.ReceivedEvent {
  readonly workspace_id: WorkspaceId;
}

/** The contract's filter with its window filled in (see `eventWindow` there); newest first unless `order` says ASC. */
export interface EventFilter extends Omit<contract.EventFilter, "occurred"> {
  readonly occurred: { readonly since: Timestamp; readonly until: Timestamp };
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
