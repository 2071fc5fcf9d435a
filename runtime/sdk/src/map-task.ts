/** `map`: one task run per element. */
import { AllowFailure, Opaque, Quote, Unmapped } from "./annotations.ts";
import { currentContext } from "./context.ts";
import type { TaskDefinition } from "./engine/task-definition.ts";
import { startTaskRun } from "./engine/task-engine.ts";
import { MappingLengthMismatch, MappingMissingIterable } from "./errors.ts";
import type { FlowScope } from "./flow-scope.ts";
import { RunFuture, type TaskFuture, TaskFutureList } from "./futures.ts";
import { parameterList } from "./parameter-names.ts";
import { defaultTaskRunner } from "./runners/default-task-runner.ts";
import { State } from "./states.ts";
import type { TaskRunInput } from "./transport/wire.ts";

/** One argument of `map`: elements to hand out, or a value for every run. */
type MapArgument =
  | { readonly kind: "elements"; readonly elements: readonly unknown[]; rewrap(element: unknown): unknown }
  | { readonly kind: "value"; readonly value: unknown };

/**
 * @throws MappingMissingIterable, MappingLengthMismatch
 */
export function mapTask<T>(
  task: TaskDefinition,
  args: readonly unknown[],
  waitFor: readonly unknown[],
): TaskFutureList<T> {
  const { flow, dryRun } = currentContext();
  const mapArguments = args.map(toMapArgument);
  const length = commonLength(task, mapArguments);
  const runner = flow?.runner ?? defaultTaskRunner();
  const extraInputs = flow ? inputsOfWholeArguments(task, args, flow) : {};
  const futures = new TaskFutureList<T>();
  for (let index = 0; index < length; index++) {
    const elementArgs = mapArguments.map((argument) =>
      argument.kind === "value" ? argument.value : argument.rewrap(argument.elements[index]),
    );
    const future: TaskFuture<T> = dryRun
      ? dryRun.recordTask(task, elementArgs, waitFor)
      : startTaskRun(task, { args: elementArgs, waitFor, runner, extraInputs });
    futures.push(future);
  }
  return futures;
}

function toMapArgument(argument: unknown): MapArgument {
  if (argument instanceof Unmapped) return { kind: "value", value: argument.value };
  for (const Wrapper of [AllowFailure, Quote, Opaque]) {
    if (argument instanceof Wrapper && isMappable(argument.value)) {
      return {
        kind: "elements",
        elements: [...argument.value],
        rewrap: (element) => new Wrapper(element),
      };
    }
  }
  if (isMappable(argument)) {
    return { kind: "elements", elements: [...argument], rewrap: (element) => element };
  }
  return { kind: "value", value: argument };
}

/** Text is one value; futures and states are handed to every run, which waits for them itself. */
function isMappable(value: unknown): value is Iterable<unknown> {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof RunFuture || value instanceof State) return false;
  return Symbol.iterator in value;
}

function commonLength(task: TaskDefinition, mapArguments: readonly MapArgument[]): number {
  const { names } = parameterList(task.fn);
  const lengths: Record<string, number> = {};
  mapArguments.forEach((argument, index) => {
    if (argument.kind === "elements") lengths[names[index] ?? `arg${index}`] = argument.elements.length;
  });
  const distinct = new Set(Object.values(lengths));
  if (distinct.size > 1) throw new MappingLengthMismatch(lengths);
  const [length] = distinct;
  if (length === undefined) throw new MappingMissingIterable(task.name);
  return length;
}

/** An array that a run returned is an upstream of every element's run, though elements don't show it. */
function inputsOfWholeArguments(
  task: TaskDefinition,
  args: readonly unknown[],
  flow: FlowScope,
): Record<string, TaskRunInput[]> {
  const { names } = parameterList(task.fn);
  const inputs: Record<string, TaskRunInput[]> = {};
  args.forEach((argument, index) => {
    if (typeof argument !== "object" || argument === null) return;
    const origin = flow.originOf(argument);
    if (origin) inputs[names[index] ?? `arg${index}`] = [origin];
  });
  return inputs;
}
