/** What the types of the contract promise; checked by the compiler, never run. */
import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { endpoints } from "./endpoints/all.ts";
import type { Event } from "./events.ts";
import type { FlowRun, FlowRunCreate, FlowRunUpdate } from "./flow-runs.ts";
import type { FlowId, FlowRunId, TaskRunId } from "./ids.ts";
import type { ProposedState, State } from "./states.ts";
import type { TaskRunCreate } from "./task-runs.ts";
import type { Duration, Timestamp } from "./timestamps.ts";

type Body<Name extends keyof typeof endpoints> = NonNullable<(typeof endpoints)[Name]["body"]>;

// Ids of different kinds are different types, and so are moments, durations and plain numbers.
expectTypeOf<FlowRunId>().not.toExtend<TaskRunId>();
expectTypeOf<FlowRunId>().toExtend<string>();
expectTypeOf<string>().not.toExtend<FlowRunId>();
expectTypeOf<Timestamp>().not.toExtend<Duration>();
expectTypeOf<number>().not.toExtend<Timestamp>();

// Requests come out as the domain speaks.
expectTypeOf<FlowRunCreate["flow_id"]>().toEqualTypeOf<FlowId>();
expectTypeOf<FlowRunCreate["state"]>().toEqualTypeOf<ProposedState | null>();
expectTypeOf<FlowRunCreate["empirical_policy"]>().toExtend<FlowRun["empirical_policy"]>();
expectTypeOf<FlowRunCreate["labels"]>().toExtend<FlowRun["labels"]>();
expectTypeOf<TaskRunCreate["cache_expiration"]>().toEqualTypeOf<Timestamp | null>();
expectTypeOf<undefined>().toExtend<FlowRunUpdate["tags"]>();
expectTypeOf<null>().not.toExtend<FlowRunUpdate["tags"]>();

// A proposal has no id and no timestamp: the server stamps them.
expectTypeOf<ProposedState>().not.toExtend<State>();
expectTypeOf<State>().toExtend<ProposedState>();

// An event as parsed is an event; its parts can't be written to.
expectTypeOf<z.output<Body<"createEvents">>[number]>().toExtend<Event>();
// @ts-expect-error readonly
export const rename = (event: Event) => (event.event = "other");

// Clients may write what the wire allows: strings for ids and moments, nothing for defaults.
expectTypeOf<{ flow_id: string }>().toExtend<z.input<Body<"createFlowRun">>>();
expectTypeOf<{ limit: null }>().toExtend<z.input<Body<"readFlowRuns">>>();
expectTypeOf<{ limit: string }>().not.toExtend<z.input<Body<"readFlowRuns">>>();
expectTypeOf<z.output<Body<"readFlowRuns">>["limit"]>().toEqualTypeOf<number>();
