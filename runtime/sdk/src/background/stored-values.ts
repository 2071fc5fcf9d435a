/**
 * Arguments and results of background tasks as files. Values keep their dates, maps, sets, big integers, typed arrays,
 * URLs, errors and cycles; functions and instances of classes are refused.
 */
import { parse, stringify } from "devalue";
import { z } from "zod";
import type { TaskRunOutcome } from "../engine/task-run-creation.ts";
import { SluiceError } from "../errors.ts";
import type { JsonObject } from "../transport/wire.ts";
import { pathOf, readStored, removeStored, writeStored } from "./local-storage.ts";

const SERIALIZER = "devalue";

/** Arguments or a result can't be stored, or can't be read. */
export class StoredValueError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super("stored-value", message, options);
  }
}

/** @throws StoredValueError when an argument can't be stored */
export async function storeArguments(id: string, args: readonly unknown[], taskName: string): Promise<void> {
  const text = encode([...args], `An argument of task '${taskName}'`);
  await writeStored(parametersKey(id), text);
}

/** @throws StoredValueError */
export async function readArguments(id: string): Promise<readonly unknown[]> {
  const key = parametersKey(id);
  const value = await read(
    key,
    `The arguments that delay() stored can't be read from ${pathOf(key)}. The process that serves a task must have the ` +
      "same storage as the one that delays it: set SLUICE_HOME of both to the same folder.",
  );
  if (!Array.isArray(value)) throw new StoredValueError(`${pathOf(key)} holds no arguments.`);
  return value;
}

export function removeArguments(id: string): Promise<void> {
  return removeStored(parametersKey(id));
}

/**
 * Stores how a run ended and gives the record of it that goes with the run's state.
 * @throws StoredValueError when the value can't be stored
 */
export async function storeOutcome(taskRunId: string, outcome: TaskRunOutcome): Promise<JsonObject> {
  const key = `results/${taskRunId}`;
  await writeStored(key, encode(outcome, "The result"));
  return {
    storage_key: key,
    expiration: null,
    serializer: { type: SERIALIZER },
    prefect_version: null,
    storage_block_id: null,
  };
}

const resultRecord = z.object({
  storage_key: z.string(),
  serializer: z.object({ type: z.literal(SERIALIZER) }),
});
const outcomeShape = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.unknown() }),
]);

/**
 * How a run ended, by the record in its state; null when the state has none that we can read.
 * @throws StoredValueError when there is a record, but the value can't be read
 */
export async function readOutcome(record: unknown): Promise<TaskRunOutcome | null> {
  const found = resultRecord.safeParse(record);
  if (!found.success) return null;
  const { storage_key: key } = found.data;
  const value = await read(
    key,
    `The result can't be read from storage "${key}". The process that awaits a task must have the same storage as the ` +
      "one that ran it: set SLUICE_HOME of both to the same folder.",
  );
  return outcomeShape.parse(value);
}

function parametersKey(id: string): string {
  return `parameters/${id}`;
}

async function read(key: string, problem: string): Promise<unknown> {
  try {
    return parse(await readStored(key), REVIVERS);
  } catch (error) {
    throw new StoredValueError(problem, { cause: error });
  }
}

function encode(value: unknown, what: string): string {
  try {
    return stringify(value, REDUCERS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoredValueError(
      `${what} can't be stored: ${reason}. Background tasks take and give plain data.`,
      {
        cause: error,
      },
    );
  }
}

const REDUCERS = {
  Error: (value: unknown) => value instanceof Error && [value.name, value.message, value.stack],
};
const REVIVERS = {
  Error([name, message, stack]: [string, string, string | undefined]) {
    const error = new Error(message);
    // The class is the other process's; its name is what is left of it.
    error.name = name;
    if (stack !== undefined) error.stack = stack;
    return error;
  },
};
