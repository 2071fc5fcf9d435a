import type { JsonObject } from "../transport/wire.ts";
import type { ShortSchedules } from "./schedules.ts";

/** What a deployment says about its runs. */
export interface DeploymentOptions<P = never> extends ShortSchedules {
  /** Unique among the deployments of the flow. */
  name: string;
  /** Over the defaults of the flow; runs may give others. */
  parameters?: { readonly [K in keyof P]?: P[K] };
  /** Default: the flow's. */
  description?: string;
  tags?: readonly string[];
  /** Default: the flow's. */
  version?: string;
  /** A paused deployment's schedules make no runs. Default false. */
  paused?: boolean;
  /** Whether the server refuses runs with wrong parameters. Default true. */
  enforceParameterSchema?: boolean;
  /** How many of its runs may go on at once, wherever they run. */
  concurrencyLimit?: number | ConcurrencyLimitOptions;
  /** `path/file.ts:exportName`. Default: where the flow is declared, which can't be told in a bundle. */
  entrypoint?: string;
  /** Where runs look for the entrypoint. Default: the current folder. */
  path?: string;
}

export interface ConcurrencyLimitOptions {
  limit: number;
  /** What becomes of a run that finds no room. Default `"ENQUEUE"`. */
  collisionStrategy?: "ENQUEUE" | "CANCEL_NEW";
  /** Seconds, from 60 to 86,400, after which a run that hasn't started gives its slot back. Default 300. */
  gracePeriodSeconds?: number;
}

/** Where and how a deployment's runs are started by workers. */
export interface WorkPoolOptions {
  /** The pool whose workers run the deployment. */
  workPoolName: string;
  /** Default: the pool's default queue. */
  workQueueName?: string;
  /** Over the pool's own variables. */
  jobVariables?: Readonly<Record<string, unknown>>;
  /**
   * Steps by which the process of a run gets the flow's code: objects with one key, the step's name. Without any, the
   * code has to be at `path` where the worker runs.
   */
  pullSteps?: readonly JsonObject[];
}
