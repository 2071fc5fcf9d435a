/**
 * The hot writes of runs, in groups: creating a run and changing its state. Calls that come in together share a
 * transaction (see `batcher.ts`); a call is answered after the commit that holds it.
 */
import { DEFAULT_ORCHESTRATION_SETTINGS, type OrchestrationSettings } from "../orchestration/decision.ts";
import { StoreUnavailableError } from "../store/errors.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { Batcher } from "./batcher.ts";
import { Refusal } from "./errors.ts";
import { type FlowRunCreateAnswer, type FlowRunCreateCall, insertFlowRuns } from "./insert-flow-runs.ts";
import { insertTaskRuns, type TaskRunCreateAnswer, type TaskRunCreateCall } from "./insert-task-runs.ts";
import type { TransitionEnvironment } from "./transition-environment.ts";
import {
  type FlowRunTransitionAnswer,
  type FlowRunTransitionCall,
  transitionFlowRuns,
} from "./transition-flow-runs.ts";
import {
  type TaskRunTransitionAnswer,
  type TaskRunTransitionCall,
  transitionTaskRuns,
} from "./transition-task-runs.ts";

export interface RunWriterOptions extends Omit<TransitionEnvironment, "settings"> {
  readonly store: Store;
  readonly settings?: OrchestrationSettings;
}

export class RunWriter {
  readonly environment: TransitionEnvironment;
  readonly #flowRuns: RunGroup<
    FlowRunCreateCall,
    FlowRunCreateAnswer,
    FlowRunTransitionCall,
    FlowRunTransitionAnswer
  >;
  readonly #taskRuns: RunGroup<
    TaskRunCreateCall,
    TaskRunCreateAnswer,
    TaskRunTransitionCall,
    TaskRunTransitionAnswer
  >;

  constructor({ store, now, random, settings = DEFAULT_ORCHESTRATION_SETTINGS }: RunWriterOptions) {
    const environment = { now, random, settings };
    this.environment = environment;
    this.#flowRuns = new RunGroup(store, {
      create: (tx, calls) => insertFlowRuns(tx, environment, calls),
      transition: (tx, calls) => transitionFlowRuns(tx, environment, calls),
    });
    this.#taskRuns = new RunGroup(store, {
      create: (tx, calls) => insertTaskRuns(tx, environment, calls),
      transition: (tx, calls) => transitionTaskRuns(tx, environment, calls),
    });
  }

  createFlowRun(call: FlowRunCreateCall): Promise<FlowRunCreateAnswer> {
    return this.#flowRuns.create(call);
  }

  transitionFlowRun(call: FlowRunTransitionCall): Promise<FlowRunTransitionAnswer> {
    return this.#flowRuns.transition(call);
  }

  createTaskRun(call: TaskRunCreateCall): Promise<TaskRunCreateAnswer> {
    return this.#taskRuns.create(call);
  }

  transitionTaskRun(call: TaskRunTransitionCall): Promise<TaskRunTransitionAnswer> {
    return this.#taskRuns.transition(call);
  }
}

interface GroupWork<Create, Created, Transition, Transitioned> {
  create(tx: StoreTransaction, calls: readonly Create[]): Promise<readonly Created[]>;
  transition(tx: StoreTransaction, calls: readonly Transition[]): Promise<readonly Transitioned[]>;
}

type GroupCall<Create, Transition> =
  | { readonly kind: "create"; readonly call: Create }
  | { readonly kind: "transition"; readonly call: Transition };

/** Creations and transitions of one kind of run, which share their transactions. */
class RunGroup<Create, Created, Transition extends { readonly id: string }, Transitioned> {
  readonly #batcher: Batcher<GroupCall<Create, Transition>, Created | Transitioned>;

  constructor(store: Store, work: GroupWork<Create, Created, Transition, Transitioned>) {
    this.#batcher = new Batcher({
      keyOf: (call) => (call.kind === "transition" ? call.call.id : null),
      run: (calls) => store.transaction((tx) => runGroup(tx, work, calls)),
      isFaultOfOne: (error) => !(error instanceof StoreUnavailableError),
      full: () => new Refusal("unavailable", "Service Unavailable"),
    });
  }

  async create(call: Create): Promise<Created> {
    // The answer to a creation is what `work.create` made.
    return (await this.#batcher.submit({ kind: "create", call })) as Created;
  }

  async transition(call: Transition): Promise<Transitioned> {
    // The answer to a transition is what `work.transition` made.
    return (await this.#batcher.submit({ kind: "transition", call })) as Transitioned;
  }
}

async function runGroup<Create, Created, Transition, Transitioned>(
  tx: StoreTransaction,
  work: GroupWork<Create, Created, Transition, Transitioned>,
  calls: readonly GroupCall<Create, Transition>[],
): Promise<(Created | Transitioned)[]> {
  const creates = calls.flatMap((call) => (call.kind === "create" ? [call.call] : []));
  const transitions = calls.flatMap((call) => (call.kind === "transition" ? [call.call] : []));
  const created = creates.length > 0 ? await work.create(tx, creates) : [];
  const transitioned = transitions.length > 0 ? await work.transition(tx, transitions) : [];
  const queues = { create: [...created], transition: [...transitioned] };
  // Both kinds of work answer every call, in order.
  return calls.map(({ kind }) => queues[kind].shift() as Created | Transitioned);
}
