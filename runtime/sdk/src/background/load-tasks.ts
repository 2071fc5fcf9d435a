import { parseEntrypoint } from "../entrypoints/entrypoint.ts";
import { EntrypointError } from "../entrypoints/entrypoint-error.ts";
import { importEntrypointModule } from "../entrypoints/import-module.ts";
import { isTask } from "../engine/task-definition.ts";
import { describeError } from "../errors.ts";
import type { ServedTask } from "./serve-tasks.ts";

/**
 * Loads the tasks that a module exports: all of `path/file.ts`, or the one of `path/file.ts:exportName`. TypeScript needs
 * no build step.
 *
 * @param folder where relative paths start. Default: the current folder
 * @throws EntrypointError naming file and export: no such file, no such export, no tasks, or the module fails
 */
export async function loadTasks(entrypoint: string, folder: string = process.cwd()): Promise<ServedTask[]> {
  const { target, exportName } = parseEntrypoint(entrypoint, folder);
  let exported: Record<string, unknown>;
  try {
    exported = await importEntrypointModule(target, folder);
  } catch (error) {
    throw new EntrypointError(`'${entrypoint}' could not be loaded: ${describeError(error)}`, {
      cause: error,
    });
  }
  const tasks = Object.entries(exported).flatMap(([name, value]) =>
    isTask(value) && (exportName === null || name === exportName) ? [value] : [],
  );
  if (tasks.length > 0) return [...new Set(tasks)];
  const what = exportName === null ? "no tasks" : `no task '${exportName}'`;
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new EntrypointError(`'${entrypoint}' exports ${what}. It exports: ${names}.`);
}
