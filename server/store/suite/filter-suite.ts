import {
  deploymentFilter,
  type FlowId,
  type FlowRunId,
  flowFilter,
  flowRunFilter,
  newId,
  taskRunFilter,
  type WorkspaceId,
  workPoolFilter,
  workQueueFilter,
} from "@sluice/schemas";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectFilters } from "../filters.ts";
import type { NewFlowRun } from "../flow-runs.ts";
import type { Flow } from "../flows.ts";
import type { Store } from "../store.ts";
import type { TaskRun } from "../task-runs.ts";
import { matchesFlowRunFilter, matchesTaskRunFilter } from "./filter-model.ts";
import {
  aFlow,
  aFlowRun,
  aState,
  aTaskRun,
  noon,
  type OpenStore,
  otherWorkspace,
  type StoreUnderTest,
} from "./fixtures.ts";

/** Small worlds of values, so that filters often match. */
const NAMES = ["alpha", "Beta", "gamma ray", "delta"];
const TAGS = ["x", "y", 'quote"d'];
const TYPES = ["SCHEDULED", "RUNNING", "COMPLETED", "FAILED"] as const;

const operator = fc.constantFrom("and_" as const, "or_" as const);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const someOf = <T>(values: readonly T[]) => fc.subarray([...values]);
const moment = fc.integer({ min: -1, max: 5 }).map((seconds) => noon(seconds));
const momentCriteria = fc.record({ before_: optional(moment), after_: optional(moment) });
const nullableMoment = fc.record({
  before_: optional(moment),
  after_: optional(moment),
  is_null_: optional(fc.boolean()),
});
const tagCriteria = fc.record({
  operator,
  all_: optional(someOf(TAGS)),
  any_: optional(someOf(TAGS)),
  is_null_: optional(fc.boolean()),
});
const nameCriteria = fc.record({
  any_: optional(someOf(NAMES)),
  like_: optional(fc.constantFrom("ALPHA", "a", "ray", "zzz", "")),
});

export function filterSuite(open: OpenStore): void {
  let under: StoreUnderTest;
  let store: Store;
  let workspace: WorkspaceId;
  let flows: Flow[];
  let runs: NewFlowRun[];
  let taskRuns: TaskRun[];
  const deployments = [newId<"deployment">(), newId<"deployment">()];
  const [deployment] = deployments;

  beforeAll(async () => {
    under = await open();
    store = under.store;
    workspace = otherWorkspace();
    flows = ["one", "two"].map((name) =>
      aFlow({ name, workspace_id: workspace, tags: name === "one" ? ["f"] : [] }),
    );
    runs = Array.from({ length: 48 }, (_, index) => {
      const type = TYPES[index % 4] ?? "RUNNING";
      return aFlowRun(flows[index % 2]!, {
        workspace_id: workspace,
        name: NAMES[index % 4] ?? "",
        tags: TAGS.filter((_tag, bit) => (index >> bit) & 1),
        idempotency_key: index % 3 === 0 ? null : `k${index}`,
        deployment_id: index % 5 === 0 ? (deployments[index % 2] ?? null) : null,
        work_queue_name: index % 7 === 0 ? "default" : null,
        flow_version: index % 2 === 0 ? "v1" : null,
        start_time: index % 3 === 0 ? null : noon(index % 5),
        end_time: index % 4 === 0 ? noon(index % 5) : null,
        expected_start_time: index % 11 === 0 ? null : noon(index % 4),
        state: index % 13 === 0 ? null : aState(type, { name: index % 2 === 0 ? "Even" : "Odd" }),
      });
    });
    taskRuns = runs.slice(0, 24).map((run, index) =>
      aTaskRun({
        workspace_id: workspace,
        flow_run_id: index % 6 === 0 ? null : run.id,
        name: NAMES[(index * 3) % 4] ?? "",
        tags: TAGS.filter((_tag, bit) => (index >> bit) & 1),
        start_time: index % 3 === 0 ? null : noon(index % 5),
        end_time: index % 4 === 0 ? noon(index % 5) : null,
        expected_start_time: noon(index % 4),
        state: aState(TYPES[(index * 5) % 4] ?? "RUNNING"),
      }),
    );
    await store.transaction(async (tx) => {
      for (const flow of flows) await tx.flows.create(flow);
      await tx.flowRuns.create(runs);
      await tx.taskRuns.create(taskRuns);
    });
  });
  afterAll(() => under[Symbol.asyncDispose]());

  const findRuns = async (filters: ObjectFilters): Promise<FlowRunId[]> => {
    const found = await store.reads.flowRuns.list(workspace, {
      filters,
      sort: "ID_DESC",
      limit: 200,
      offset: 0,
    });
    expect(await store.reads.flowRuns.count(workspace, filters)).toBe(found.length);
    return found.map((run) => run.id).toSorted();
  };
  const findTaskRuns = async (filters: ObjectFilters) => {
    const found = await store.reads.taskRuns.list(workspace, {
      filters,
      sort: "ID_DESC",
      limit: 200,
      offset: 0,
    });
    expect(await store.reads.taskRuns.count(workspace, filters)).toBe(found.length);
    return found.map((run) => run.id).toSorted();
  };
  const findFlows = async (filters: ObjectFilters): Promise<FlowId[]> => {
    const found = await store.reads.flows.list(workspace, {
      filters,
      sort: "NAME_ASC",
      limit: 200,
      offset: 0,
    });
    expect(await store.reads.flows.count(workspace, filters)).toBe(found.length);
    return found.map((flow) => flow.id);
  };
  const idsOf = <T extends { id: string }>(rows: readonly T[]) => rows.map((row) => row.id).toSorted();

  it("finds the flow runs that a plain reading of the filter finds", async () => {
    const filters = fc.record(
      {
        operator,
        id: fc.record({
          any_: optional(
            fc.array(fc.integer({ min: 0, max: 47 })).map((indexes) => indexes.map((i) => runs[i]!.id)),
          ),
          not_any_: optional(
            fc.array(fc.integer({ min: 0, max: 47 })).map((all) => all.map((i) => runs[i]!.id)),
          ),
        }),
        name: nameCriteria,
        tags: tagCriteria,
        deployment_id: fc.record({
          operator,
          any_: optional(someOf(deployments)),
          is_null_: optional(fc.boolean()),
        }),
        work_queue_name: fc.record({
          operator,
          any_: optional(someOf(["default", "other"])),
          is_null_: optional(fc.boolean()),
        }),
        flow_version: fc.record({ any_: optional(someOf(["v1", "v2"])) }),
        state: fc.record(
          {
            operator,
            type: fc.record({ any_: optional(someOf(TYPES)), not_any_: optional(someOf(TYPES)) }),
            name: fc.record({ any_: optional(someOf(["Odd", "Even"])), not_any_: optional(someOf(["Odd"])) }),
          },
          { requiredKeys: ["operator"] },
        ),
        start_time: nullableMoment,
        end_time: nullableMoment,
        expected_start_time: momentCriteria,
        idempotency_key: fc.record({
          any_: optional(someOf(["k1", "k2"])),
          not_any_: optional(someOf(["k4"])),
        }),
        parent_task_run_id: fc.record({ operator, is_null_: optional(fc.boolean()) }),
      },
      { requiredKeys: ["operator"] },
    );
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const expected = idsOf(runs.filter((run) => matchesFlowRunFilter(run, filter)));
        expect(await findRuns({ flow_runs: filter })).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("finds the task runs that a plain reading of the filter finds", async () => {
    const filters = fc.record(
      {
        operator,
        name: nameCriteria,
        tags: fc.record({ operator, all_: optional(someOf(TAGS)), is_null_: optional(fc.boolean()) }),
        state: fc.record(
          {
            operator,
            type: fc.record({ any_: optional(someOf(TYPES)) }),
            name: fc.record({ any_: optional(someOf(["Running", "Failed"])) }),
          },
          { requiredKeys: ["operator"] },
        ),
        start_time: nullableMoment,
        end_time: nullableMoment,
        expected_start_time: momentCriteria,
      },
      { requiredKeys: ["operator"] },
    );
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const expected = idsOf(taskRuns.filter((run) => matchesTaskRunFilter(run, filter)));
        expect(await findTaskRuns({ task_runs: filter })).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  describe("across objects", () => {
    it("finds runs through their flow", async () => {
      const ofOne = idsOf(runs.filter((run) => run.flow_id === flows[0]!.id));
      expect(await findRuns({ flows: flowFilter.parse({ name: { any_: ["one"] } }) })).toEqual(ofOne);
      expect(await findRuns({ flows: flowFilter.parse({ id: { any_: [flows[0]!.id] } }) })).toEqual(ofOne);
      expect(await findRuns({ flows: flowFilter.parse({ tags: { all_: ["f"] } }) })).toEqual(ofOne);
      expect(await findRuns({ flows: flowFilter.parse({ id: { any_: [] } }) })).toEqual([]);
      expect(await findRuns({ flows: flowFilter.parse({}) })).toHaveLength(runs.length);
    });

    it("finds runs through their task runs", async () => {
      const withTask = taskRuns.filter((run) => run.flow_run_id !== null && run.name === "Beta");
      const expected = [...new Set(withTask.map((run) => String(run.flow_run_id)))].toSorted();
      expect(await findRuns({ task_runs: taskRunFilter.parse({ name: { any_: ["Beta"] } }) })).toEqual(
        expected,
      );
    });

    it("finds task runs through their flow run and its flow", async () => {
      const inOne = new Set(runs.filter((run) => run.flow_id === flows[0]!.id).map((run) => run.id));
      const expected = idsOf(
        taskRuns.filter((run) => run.flow_run_id !== null && inOne.has(run.flow_run_id)),
      );
      expect(await findTaskRuns({ flows: flowFilter.parse({ name: { like_: "ON" } }) })).toEqual(expected);
      const [, second] = runs;
      const ofSecond = idsOf(taskRuns.filter((run) => run.flow_run_id === second!.id));
      expect(await findTaskRuns({ flow_runs: flowRunFilter.parse({ id: { any_: [second!.id] } }) })).toEqual(
        ofSecond,
      );
      expect(
        await findTaskRuns({
          flow_runs: flowRunFilter.parse({ id: { any_: [second!.id] }, name: { any_: ["no such name"] } }),
        }),
      ).toEqual([]);
    });

    it("finds flows through one flow run that satisfies all of its filters", async () => {
      const both = (name: string) => ({ flow_runs: flowRunFilter.parse({ name: { any_: [name] } }) });
      expect(await findFlows(both("alpha"))).toEqual([flows[0]!.id]);
      expect(await findFlows(both("Beta"))).toEqual([flows[1]!.id]);
      expect(
        await findFlows({ ...both("alpha"), flows: flowFilter.parse({ name: { any_: ["two"] } }) }),
      ).toEqual([]);
    });

    it("finds nothing through deployments, pools and queues that do not exist", async () => {
      expect(await findRuns({ deployments: deploymentFilter.parse({ id: { any_: [deployment] } }) })).toEqual(
        [],
      );
      expect(await findRuns({ work_pools: workPoolFilter.parse({}) })).toEqual([]);
      expect(
        await findRuns({ work_pool_queues: workQueueFilter.parse({ name: { startswith_: ["d"] } }) }),
      ).toEqual([]);
      expect(await findFlows({ deployments: deploymentFilter.parse({}) })).toEqual([]);
      expect(await findFlows({ flows: flowFilter.parse({ deployment: { is_null_: true } }) })).toHaveLength(
        2,
      );
      expect(await findFlows({ flows: flowFilter.parse({ deployment: { is_null_: false } }) })).toEqual([]);
      expect(
        await findTaskRuns({ work_pools: workPoolFilter.parse({ type: { any_: ["process"] } }) }),
      ).toEqual([]);
    });

    it("finds subflow runs by their parents, and the task runs that have one", async () => {
      const tracking = taskRuns.find((run) => run.flow_run_id !== null)!;
      const child = aFlowRun(flows[0]!, {
        workspace_id: workspace,
        parent_task_run_id: tracking.id,
        name: "child",
      });
      await store.transaction((tx) => tx.flowRuns.create([child]));
      try {
        const byFlowRun = { parent_flow_run_id: { any_: [tracking.flow_run_id] } };
        expect(await findRuns({ flow_runs: flowRunFilter.parse(byFlowRun) })).toEqual([child.id]);
        const byTaskRun = { parent_task_run_id: { any_: [tracking.id] } };
        expect(await findRuns({ flow_runs: flowRunFilter.parse(byTaskRun) })).toEqual([child.id]);
        const exists = (exists_: boolean) => ({
          task_runs: taskRunFilter.parse({ subflow_runs: { exists_ } }),
        });
        expect(await findTaskRuns(exists(true))).toEqual([tracking.id]);
        expect(await findTaskRuns(exists(false))).toHaveLength(taskRuns.length - 1);
      } finally {
        await store.transaction((tx) => tx.flowRuns.delete(workspace, [child.id]));
      }
    });
  });

  it("treats the flow run of a task run in its own way: no run beats ids, ids beat some run", async () => {
    const outside = idsOf(taskRuns.filter((run) => run.flow_run_id === null));
    const [, second] = runs;
    const find = (flow_run_id: object) => findTaskRuns({ task_runs: taskRunFilter.parse({ flow_run_id }) });
    expect(await find({ is_null_: true, any_: [second!.id] })).toEqual(outside);
    expect(await find({ is_null_: false })).toHaveLength(taskRuns.length - outside.length);
    expect(await find({ is_null_: false, any_: [second!.id] })).toEqual(
      idsOf(taskRuns.filter((run) => run.flow_run_id === second!.id)),
    );
  });

  it("finds runs by who made them", async () => {
    const actor = { id: newId<"actor">(), type: "AUTOMATION", display_value: "a" };
    const made = aFlowRun(flows[0]!, { workspace_id: workspace, created_by: actor });
    await store.transaction((tx) => tx.flowRuns.create([made]));
    try {
      const find = (created_by: object) => findRuns({ flow_runs: flowRunFilter.parse({ created_by }) });
      expect(await find({ id_: [actor.id] })).toEqual([made.id]);
      expect(await find({ type_: ["AUTOMATION", "DEPLOYMENT"] })).toEqual([made.id]);
      expect(await find({ is_null_: false })).toEqual([made.id]);
      expect(await find({ is_null_: true })).toHaveLength(runs.length);
    } finally {
      await store.transaction((tx) => tx.flowRuns.delete(workspace, [made.id]));
    }
  });

  it("pages without repeating or losing a run, in every order", async () => {
    const sorts = [
      "ID_DESC",
      "START_TIME_ASC",
      "START_TIME_DESC",
      "EXPECTED_START_TIME_DESC",
      "NAME_ASC",
    ] as const;
    for (const sort of [...sorts, "NAME_DESC", "END_TIME_DESC", "NEXT_SCHEDULED_START_TIME_ASC"] as const) {
      const seen: string[] = [];
      for (let offset = 0; offset < runs.length; offset += 10) {
        const page = await store.reads.flowRuns.list(workspace, { filters: {}, sort, limit: 10, offset });
        seen.push(...page.map((run) => run.id));
      }
      expect(seen.toSorted(), sort).toEqual(idsOf(runs));
    }
  });

  it("orders runs by when they started, or should have", async () => {
    const page = await store.reads.flowRuns.list(workspace, {
      filters: {
        flow_runs: flowRunFilter.parse({ expected_start_time: { after_: "2026-08-01T12:00:00Z" } }),
      },
      sort: "START_TIME_ASC",
      limit: 200,
      offset: 0,
    });
    const starts = page.map((run) => run.start_time ?? run.expected_start_time ?? 0);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });
}
