import { COMMON_VARIABLES, jobTemplate, STREAM_OUTPUT, type WorkerType } from "./worker-type.ts";

export const PROCESS: WorkerType = {
  type: "process",
  display_name: "Process",
  description: "Each run is a process on the worker's machine. The simplest way to begin.",
  documentation_url: "/docs",
  install_command: "npm install sluice",
  is_beta: false,
  logo_url: "",
  default_base_job_configuration: jobTemplate({
    ...COMMON_VARIABLES,
    stream_output: STREAM_OUTPUT,
    working_dir: {
      type: "string",
      title: "Working Directory",
      description: "The folder in which a run's process starts; a temporary one when empty.",
      format: "path",
    },
  }),
};
