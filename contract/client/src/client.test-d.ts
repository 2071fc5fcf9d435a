/** What compiles and what doesn't: the client's types follow the table of endpoints. */
import type { endpoints, FlowRunResponse } from "@sluice/schemas";
import type { Client } from "./client.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

declare const client: Client<typeof endpoints>;
declare function isTrue<Check extends true>(): Check;

const { operations } = client;

export async function answersHaveTheTypeOfTheContract(): Promise<void> {
  const run = await operations.readFlowRun({ params: { id: "…" } });
  isTrue<Equal<typeof run, FlowRunResponse>>();
  const value = await operations.readFlowRunInput({ params: { id: "…", key: "…" } });
  isTrue<Equal<typeof value, string>>();
}

export async function partsThatAnEndpointNeedsAreNeeded(): Promise<void> {
  // @ts-expect-error: no id
  await operations.readFlowRun({});
  // @ts-expect-error: no parameters at all
  await operations.readFlowRun();
  // @ts-expect-error: a flow has a name
  await operations.createFlow({ body: {} });
  // @ts-expect-error: a state type is one of nine
  await operations.setFlowRunState({ params: { id: "…" }, body: { state: { type: "DONE" } } });
}

export async function partsThatAnEndpointDoesntHaveAreRefused(): Promise<void> {
  // @ts-expect-error: no body
  await operations.readFlowRun({ params: { id: "…" }, body: {} });
  // @ts-expect-error: no such operation
  await operations.readFlowRuns2({});
}

export async function partsThatMayBeLeftOutMayBe(): Promise<void> {
  await operations.readFlowRuns();
  await operations.readFlowRuns({ body: { limit: null } });
  await operations.createFlow({ body: { name: "…" } }, { maxRetries: 0 });
}
