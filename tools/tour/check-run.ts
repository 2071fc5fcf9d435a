/** Compares what the API says about a run with what the pattern must leave behind. Pure. */
import type { ExpectedRun } from "./patterns.ts";
import type { RunRecord } from "./read-run.ts";

/** What is missing or wrong; empty when all is as it should be. */
export function checkRun(record: RunRecord, expected: ExpectedRun): string[] {
  const { events, flowName, logs, run, subflows, tasks } = record;
  const problems: string[] = [];
  const wrong = (what: string) => problems.push(`${expected.flow}: ${what}`);

  if (flowName !== expected.flow) wrong(`is a run of ${flowName}`);
  if (run.state_type !== "COMPLETED") wrong(`is ${run.state_name}, not Completed`);
  problems.push(...checkTasks(record, expected));

  const subflowNames = subflows.map((subflow) => subflow.flowName);
  const expectedNames = expected.subflows.map(({ flow }) => flow);
  if (subflowNames.join() !== expectedNames.join()) {
    wrong(`has the subflows [${subflowNames.join(", ")}], not [${expectedNames.join(", ")}]`);
  }
  expected.subflows.forEach((child, index) => {
    const found = subflows[index];
    if (found) problems.push(...checkRun(found, child));
  });

  const text = logs.map(({ message }) => message).join("\n");
  for (const line of expected.logs) if (!text.includes(line)) wrong(`has no log line with "${line}"`);

  const names = events.map(({ event }) => event);
  for (const state of ["Pending", "Running", "Completed"]) {
    if (!names.includes(`prefect.flow-run.${state}`)) wrong(`has no event prefect.flow-run.${state}`);
  }
  const completions = names.filter((name) => name === "prefect.task-run.Completed").length;
  const expectedCompletions = tasks.length + subflows.length;
  if (completions < tasks.length)
    wrong(`has ${completions} events of completed tasks, not ${expectedCompletions}`);
  return problems;
}

function checkTasks({ graphNodes, tasks }: RunRecord, expected: ExpectedRun): string[] {
  const problems: string[] = [];
  const wrong = (what: string) => problems.push(`${expected.flow}: ${what}`);
  const expectedNames = Object.keys(expected.tasks);
  if (tasks.length !== expectedNames.length)
    wrong(`has ${tasks.length} task runs, not ${expectedNames.length}`);
  for (const [name, inputs] of Object.entries(expected.tasks)) {
    const task = tasks.find((candidate) => taskName(candidate) === name);
    if (!task) {
      wrong(`has no run of task ${name}`);
      continue;
    }
    if (task.state_type !== "COMPLETED") wrong(`task ${name} is ${task.state_name}, not Completed`);
    if (!graphNodes.includes(task.id)) wrong(`task ${name} is not on the graph`);
    const found = inputNames(task, tasks).toSorted();
    if (found.join() !== inputs.toSorted().join()) {
      wrong(`task ${name} has edges from [${found.join(", ")}], not [${inputs.join(", ")}]`);
    }
  }
  return problems;
}

type TaskRun = RunRecord["tasks"][number];

/** A task run's name is its task's and a short suffix: `fetchCatFact-3f2`. */
export function taskName(task: TaskRun): string {
  return task.name.replace(/-[^-]+$/, "");
}

/** The tasks whose results a task run used. */
export function inputNames(task: TaskRun, tasks: readonly TaskRun[]): string[] {
  const ids = Object.entries(task.task_inputs)
    .filter(([argument]) => argument !== "__parents__")
    .flatMap(([, inputs]) => inputs.flatMap((input) => (input.input_type === "task_run" ? [input.id] : [])));
  return tasks.filter(({ id }) => ids.some((input) => input === id)).map(taskName);
}
