/** A transport made of a client of the API and two places to put events and log lines. */
import {
  type EventStreamFilter,
  LeaseGone,
  openTaskRunStream,
  SlotsTaken,
  type TaskRunStream,
  type TaskRunStreamHandlers,
  type TaskRunSubscription,
} from "@sluice/client";
import { ATTEMPT_HEADER, endpoints, type OrchestrationResultResponse } from "@sluice/schemas";
import type { ApiClient } from "./api-client.ts";
import { deploymentsClient } from "./deployments-client.ts";
import type { DeploymentsTransport } from "./deployments-transport.ts";
import type { EmbeddedServer } from "./embedded-server.ts";
import type {
  ConcurrencyAnswer,
  FlowRunInputsQuery,
  FlowRunVerdict,
  FlushOptions,
  SetFlowRunStateOptions,
  SetStateOptions,
  Transport,
  TransportTarget,
} from "./transport.ts";
import type {
  ConcurrencyRequest,
  EventBody,
  FlowCreate,
  FlowRunCreate,
  FlowRunInputCreate,
  FlowRunUpdate,
  LogBody,
  OrchestrationResult,
  RunsQuery,
  StateCreate,
  TaskRunCreate,
} from "./wire.ts";
import { type WatchedEvent, watchEvents } from "./watch-events.ts";

/** Where events and log lines go. */
export interface Deliveries {
  emitEvent(event: EventBody): void;
  writeLog(record: LogBody): void;
  flush(options?: FlushOptions): Promise<void>;
  close(options?: FlushOptions): Promise<void>;
}

export class ClientTransport implements Transport {
  readonly target: TransportTarget;
  /** For the parts of the API that flows don't need. */
  readonly client: ApiClient;
  readonly deployments: DeploymentsTransport;
  readonly #deliveries: Deliveries;
  readonly #embedded: EmbeddedServer | null;

  /** `embedded`: the server, when it is in this process. */
  constructor(
    target: TransportTarget,
    client: ApiClient,
    deliveries: Deliveries,
    embedded: EmbeddedServer | null = null,
  ) {
    this.target = target;
    this.client = client;
    this.deployments = deploymentsClient(client);
    this.#deliveries = deliveries;
    this.#embedded = embedded;
  }

  createFlow(flow: FlowCreate) {
    return this.client.operations.createFlow({ body: withOwnTags(flow) });
  }

  createFlowRun(run: FlowRunCreate) {
    return this.client.operations.createFlowRun({ body: withOwnTags(run) });
  }

  readFlowRun(id: string) {
    return this.client.operations.readFlowRun({ params: { id } });
  }

  async updateFlowRun(id: string, changes: FlowRunUpdate): Promise<void> {
    await this.client.operations.updateFlowRun({ params: { id }, body: withOwnTags(changes) });
  }

  async setFlowRunState(
    id: string,
    state: StateCreate,
    options: SetFlowRunStateOptions = {},
  ): Promise<FlowRunVerdict> {
    const { force = false, attempt = null } = options;
    const answer = await this.client.ask(
      endpoints.setFlowRunState,
      { params: { id }, body: { state, force } },
      attempt === null ? {} : { headers: { [ATTEMPT_HEADER]: String(attempt) } },
    );
    const holder = answer.headers.get(ATTEMPT_HEADER);
    return { ...verdict(answer.body), attempt: holder === null ? null : Number(holder) };
  }

  filterFlowRuns(query: RunsQuery) {
    return this.client.operations.readFlowRuns({ body: query as never }); // filters pass through; the server checks them
  }

  async resumeFlowRun(id: string, runInput?: Record<string, unknown>) {
    const body = runInput ? { run_input: runInput } : undefined;
    return verdict(await this.client.operations.resumeFlowRun({ params: { id }, ...(body ? { body } : {}) }));
  }

  createTaskRun(run: TaskRunCreate) {
    return this.client.operations.createTaskRun({ body: withOwnTags(run) });
  }

  readTaskRun(id: string) {
    return this.client.operations.readTaskRun({ params: { id } });
  }

  async setTaskRunState(id: string, state: StateCreate, options: SetStateOptions = {}) {
    const body = { state, force: options.force ?? false };
    return verdict(await this.client.operations.setTaskRunState({ params: { id }, body }));
  }

  filterTaskRuns(query: RunsQuery) {
    return this.client.operations.readTaskRuns({ body: query as never }); // filters pass through; the server checks them
  }

  async createFlowRunInput(flowRunId: string, input: FlowRunInputCreate): Promise<void> {
    await this.client.operations.createFlowRunInput({ params: { id: flowRunId }, body: input });
  }

  readFlowRunInput(flowRunId: string, key: string) {
    return this.client.operations.readFlowRunInput({ params: { id: flowRunId, key } });
  }

  filterFlowRunInputs(flowRunId: string, query: FlowRunInputsQuery) {
    return this.client.operations.filterFlowRunInputs({ params: { id: flowRunId }, body: query });
  }

  async deleteFlowRunInput(flowRunId: string, key: string): Promise<void> {
    await this.client.operations.deleteFlowRunInput({ params: { id: flowRunId, key } });
  }

  async acquireConcurrencySlots(request: ConcurrencyRequest): Promise<ConcurrencyAnswer> {
    try {
      const lease = await this.client.operations.incrementConcurrencySlotsWithLease({ body: request });
      return { granted: true, lease };
    } catch (error) {
      if (error instanceof SlotsTaken) return { granted: false, retryAfterSeconds: error.retryAfterSeconds };
      throw error;
    }
  }

  async releaseConcurrencySlots(leaseId: string): Promise<void> {
    await this.client.operations.decrementConcurrencySlotsWithLease({ body: { lease_id: leaseId } });
  }

  async renewConcurrencyLease(leaseId: string, leaseSeconds: number): Promise<boolean> {
    try {
      const body = { lease_duration: leaseSeconds };
      await this.client.operations.renewConcurrencyLease({ params: { lease_id: leaseId }, body });
      return true;
    } catch (error) {
      if (error instanceof LeaseGone) return false;
      throw error;
    }
  }

  watchEvents(filter: EventStreamFilter, onEvent: (event: WatchedEvent) => void): () => void {
    if (this.target.kind === "embedded") return () => {};
    return watchEvents(this.client.connection, filter, onEvent);
  }

  subscribeTaskRuns(
    subscription: TaskRunSubscription,
    handlers: TaskRunStreamHandlers,
  ): Promise<TaskRunStream> {
    return this.#embedded
      ? this.#embedded.subscribeTaskRuns(subscription, handlers)
      : openTaskRunStream(this.client.connection, subscription, handlers);
  }

  emitEvent(event: EventBody): void {
    this.#deliveries.emitEvent(event);
  }

  writeLog(record: LogBody): void {
    this.#deliveries.writeLog(record);
  }

  flush(options?: FlushOptions): Promise<void> {
    return this.#deliveries.flush(options);
  }

  close(options?: FlushOptions): Promise<void> {
    return this.#deliveries.close(options);
  }
}

/** The same request with a list of tags of its own. */
function withOwnTags<Request extends { tags?: readonly string[] }>(request: Request) {
  const { tags, ...rest } = request;
  return { ...rest, ...(tags ? { tags: [...tags] } : {}) };
}

function verdict(answer: OrchestrationResultResponse): OrchestrationResult {
  return answer as OrchestrationResult; // the contract: the status says which details and state there are
}
