import { COMMON_VARIABLES, jobTemplate, type WorkerType } from "./worker-type.ts";

const { name: _name, ...VARIABLES } = COMMON_VARIABLES;

/** A pool that the server itself works off. */
export const MANAGED: WorkerType = {
  type: "sluice:managed",
  display_name: "Managed",
  description:
    "The server itself executes the runs, in processes of its own with limits. No worker is needed.",
  documentation_url: "/docs",
  install_command: "",
  is_beta: false,
  logo_url: "",
  default_base_job_configuration: jobTemplate({
    ...VARIABLES,
    job_timeout: {
      type: "integer",
      title: "Timeout",
      description: "Seconds after which a run is stopped; empty: the server's own limit.",
      exclusiveMinimum: 0,
    },
    memory_limit_mb: {
      type: "integer",
      title: "Memory Limit",
      description: "Memory of a run in megabytes; empty: the server's own limit.",
      exclusiveMinimum: 0,
    },
  }),
};

/** The same under the name that stock clients ask for. */
export const PREFECT_MANAGED: WorkerType = { ...MANAGED, type: "prefect:managed" };
