import { COMMON_VARIABLES, jobTemplate, STREAM_OUTPUT, type WorkerType } from "./worker-type.ts";

const text = (title: string, description: string) => ({ type: "string", title, description });
const texts = (title: string, description: string) => ({
  type: "array",
  title,
  description,
  items: { type: "string" },
});

export const DOCKER: WorkerType = {
  type: "docker",
  display_name: "Docker",
  description:
    "Each run is a container of a Docker engine that the worker can reach, with an image of its own.",
  documentation_url: "/docs",
  install_command: "pip install prefect-docker",
  is_beta: false,
  logo_url: "",
  default_base_job_configuration: jobTemplate({
    ...COMMON_VARIABLES,
    image: text("Image", "The container image that a run starts from."),
    registry_credentials: {
      type: "object",
      title: "Registry Credentials",
      description: "How to log in to the registry of the image; usually a reference to a block.",
    },
    image_pull_policy: {
      type: "string",
      title: "Image Pull Policy",
      description: "When to pull the image.",
      enum: ["IfNotPresent", "Always", "IfPossible", "Never"],
    },
    networks: texts("Networks", "Docker networks that containers join."),
    network_mode: text("Network Mode", "`host`, `bridge` and so on; not together with networks."),
    auto_remove: {
      type: "boolean",
      title: "Auto Remove",
      description: "Whether containers are removed when their run is over.",
      default: false,
    },
    volumes: texts("Volumes", "What to mount, each as `/path/here:/path/in/container`."),
    stream_output: STREAM_OUTPUT,
    container_wait_timeout: {
      type: "integer",
      title: "Container Wait Timeout",
      description:
        "Seconds for which the worker watches a container; the container goes on after them. Empty: any time.",
      exclusiveMinimum: 0,
    },
    mem_limit: text("Memory Limit", "Memory of a container with its unit, e.g. `512m` or `2g`."),
    memswap_limit: text("Memory Swap Limit", "Memory and swap together, `-1` for no limit of swap."),
    privileged: {
      type: "boolean",
      title: "Privileged",
      description: "Whether containers have extended privileges on their host.",
      default: false,
    },
  }),
};
