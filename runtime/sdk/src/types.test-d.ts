/** What compiles and what doesn't. Checked by `tsc`; never run. */
import { z } from "zod";
import {
  allowFailure,
  Completed,
  exponentialBackoff,
  type Flow,
  flow,
  type FlowRunFuture,
  type FlowRun,
  resolveFuturesToResults,
  runDeployment,
  type State,
  type Task,
  type TaskFuture,
  type TaskFutureList,
  type TaskRun,
  tags,
  task,
  unmapped,
} from "./index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Fails to compile unless `Actual` is exactly `Expected`. */
declare function isExactly<Expected>(): <Actual>(
  value: Actual,
  ...proof: Equal<Actual, Expected> extends true ? [] : [never]
) => void;

const add = task(async (a: number, b?: number) => a + (b ?? 0), { name: "add" });
const shout = task((word: string) => word.toUpperCase());
const total = task(async (numbers: readonly number[], factor: number) => numbers.length * factor);
const tolerant = task((value: number | Error) => value);
const skip = task(async () => Completed({ data: 4 }));

// Calls take the function's arguments, or futures and states of them, and give futures of its value.
isExactly<TaskFuture<number>>()(add(1));
isExactly<TaskFuture<number>>()(add(add(1), 2));
isExactly<TaskFuture<string>>()(shout("a"));
isExactly<TaskFuture<number>>()(skip());
isExactly<number>()(await add(1, 2));
isExactly<Promise<State<string>>>()(shout.returnState("a"));
total([add(1), 2], 3);
total(add.map([1, 2]), 3);
tolerant(allowFailure(add(1)));
add.waitFor(add(1), [shout("x")])(1);
const asPromise: Promise<number> = add(1);
void asPromise;
// @ts-expect-error a word is no number
add("one");
// @ts-expect-error the first argument is missing
add();
// @ts-expect-error there is no third argument
add(1, 2, 3);
// @ts-expect-error a future of a word is no future of a number
add(shout("a"));
// @ts-expect-error the function can't take an error
add(allowFailure(add(1)));
// @ts-expect-error a list of words is no list of numbers
total([shout("a")], 1);
// @ts-expect-error arguments of waitFor's calls are checked too
add.waitFor(add(1)).submit("x");

// map takes one element per run, or one value for all.
isExactly<TaskFutureList<number>>()(add.map([1, 2], 3));
isExactly<number[]>()(await add.map(new Set([1, 2])));
add.map([add(1), 2]);
total.map([[1], [2]], 3);
total.map(unmapped([1, 2]), [3, 4]);
shout.map(["a", "b"]);
// @ts-expect-error elements are words
shout.map([1, 2]);
// @ts-expect-error the second input is missing
total.map([[1], [2]]);
// @ts-expect-error there is no third input
add.map([1], [2], [3]);
// @ts-expect-error a list for every run must be wrapped in unmapped
total.map([1, 2], [3, 4]);

// Flows take one object of named parameters.
const greet = flow(async ({ name, times = 1 }: { name: string; times?: number }) => name.repeat(times), {
  name: "greet",
});
isExactly<FlowRunFuture<string>>()(greet({ name: "a" }));
greet({ name: shout("a"), times: 2 });
// @ts-expect-error a required parameter is missing
greet({});
// @ts-expect-error a required parameter is missing
greet();
// @ts-expect-error a parameter has the wrong type
greet({ name: 1 });
// @ts-expect-error there is no such parameter
greet({ name: "a", loud: true });
// @ts-expect-error parameters are named
flow((a: number, b: number) => a + b);

const bare = flow(async function bare() {});
isExactly<FlowRunFuture<void>>()(bare());
// @ts-expect-error there are no parameters
bare({ n: 1 });

// A schema's input is what callers pass, its output is what the function takes.
const weigh = flow(async ({ grams }) => grams, {
  name: "weigh",
  parameters: z.object({ grams: z.string().transform(Number), unit: z.string().default("g") }),
});
isExactly<FlowRunFuture<number>>()(weigh({ grams: "1" }));
isExactly<Flow<{ grams: string; unit?: string | undefined }, Promise<number>>>()(weigh);
// @ts-expect-error callers pass the schema's input
weigh({ grams: 1 });
const numeric = z.object({ grams: z.number() });
// @ts-expect-error the function takes what the schema gives
flow(async ({ grams }: { grams: string }) => grams, { parameters: numeric });

// Returned futures and states are resolved for the caller.
const both = flow(async () => [add(1), shout("a")] as const, { name: "both" });
isExactly<[number, string]>()(await both());
const stated = flow(async () => Completed({ data: true }), { name: "stated" });
isExactly<boolean>()(await stated());
isExactly<{ a: number; b: [string] }>()(
  await resolveFuturesToResults({ a: add(1), b: [shout("x")] as [TaskFuture<string>] }),
);

// Hooks are given the definition, the run and the state.
task(() => 1, {
  onCompletion: (definition, run, state) => {
    isExactly<TaskRun>()(run);
    isExactly<State>()(state);
    isExactly<string>()(definition.name);
  },
  retryConditionFn: async (_task, run) => run.runCount < 3,
  retryDelaySeconds: exponentialBackoff(2),
});
greet.onFailure((_flow, run) => isExactly<FlowRun>()(run)).onCrashed(() => {});
// @ts-expect-error hooks take a definition first
task(() => 1, { onCompletion: (count: number) => console.log(count) });
// @ts-expect-error a task's run is no flow's run
flow(async () => {}, { name: "x", onFailure: (_flow, run: TaskRun) => console.log(run.taskKey) });
// @ts-expect-error tasks know nothing of crashes
add.onCrashed(() => {});
// @ts-expect-error conditions answer yes or no
task(() => 1, { retryConditionFn: () => "maybe" });

// Options replace options; the type stays.
isExactly<Task<(word: string) => string>>()(shout.withOptions({ retries: 2, tags: ["loud"] }));
isExactly<number>()(add.fn.length);
// @ts-expect-error there is no such option
shout.withOptions({ retrys: 2 });
// @ts-expect-error stands for the task's value
task(async () => 1, { vizReturnValue: "one" });

// Scopes of tags give what their body gives.
isExactly<TaskFuture<number>>()(tags("a", "b", () => add(1)));

// A deployment of a known flow takes that flow's parameters, each or a future of it; any other takes anything.
const counted = flow(async ({ from, to }: { from: number; to: string }) => from + to.length, {
  name: "counted",
});
isExactly<Promise<FlowRun>>()(runDeployment(counted.deployment("nightly"), { parameters: { from: add(1) } }));
void runDeployment("counted/nightly", { parameters: { anything: add(1) } });
// @ts-expect-error The flow has no such parameter.
void runDeployment(counted.deployment("nightly"), { parameters: { upTo: 1 } });
// @ts-expect-error A parameter of another type.
void runDeployment(counted.deployment("nightly"), { parameters: { from: "1" } });
