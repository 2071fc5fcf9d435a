import { COMMON_VARIABLES, jobTemplate, STREAM_OUTPUT, type WorkerType } from "./worker-type.ts";

const text = (title: string, description: string) => ({ type: "string", title, description });
const seconds = (title: string, description: string) => ({ type: "integer", title, description });

/** The Job that is made for each run; a variable that nobody sets takes its key with it. */
const JOB_MANIFEST = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { labels: "{{ labels }}", namespace: "{{ namespace }}", generateName: "{{ name }}-" },
  spec: {
    backoffLimit: 0,
    ttlSecondsAfterFinished: "{{ finished_job_ttl }}",
    template: {
      spec: {
        parallelism: 1,
        completions: 1,
        restartPolicy: "Never",
        serviceAccountName: "{{ service_account_name }}",
        containers: [
          {
            name: "prefect-job",
            env: "{{ env }}",
            image: "{{ image }}",
            imagePullPolicy: "{{ image_pull_policy }}",
            args: "{{ command }}",
            resources: {
              limits: { cpu: "{{ cpu_limit }}", memory: "{{ memory_limit }}" },
              requests: { cpu: "{{ cpu_request }}", memory: "{{ memory_request }}" },
            },
          },
        ],
      },
    },
  },
};

const VARIABLES = {
  ...COMMON_VARIABLES,
  namespace: { ...text("Namespace", "The namespace in which jobs are made."), default: "default" },
  image: text("Image", "The container image that a run starts from."),
  service_account_name: text("Service Account Name", "The service account of a job's pod."),
  image_pull_policy: {
    ...text("Image Pull Policy", "When to pull the image."),
    default: "IfNotPresent",
    enum: ["IfNotPresent", "Always", "Never"],
  },
  finished_job_ttl: seconds("Finished Job TTL", "Seconds for which a finished job is kept; empty: for good."),
  job_watch_timeout_seconds: seconds(
    "Job Watch Timeout Seconds",
    "Seconds to wait for each event of a job; empty: any time.",
  ),
  pod_watch_timeout_seconds: {
    ...seconds("Pod Watch Timeout Seconds", "Seconds to wait for a job's pod."),
    default: 60,
  },
  stream_output: STREAM_OUTPUT,
  cluster_config: {
    type: "object",
    title: "Cluster Config",
    description:
      "How to reach the cluster, usually a reference to a block; empty: the cluster that the worker is in.",
  },
  cpu_request: text("CPU Request", "Processor time that a pod asks for, e.g. `500m` or `2`."),
  cpu_limit: text("CPU Limit", "Processor time that a pod may use at most."),
  memory_request: text("Memory Request", "Memory that a pod asks for, e.g. `512Mi` or `2Gi`."),
  memory_limit: text("Memory Limit", "Memory that a pod may use at most."),
};

const TAKEN_AS_THEY_ARE = [
  "command",
  "env",
  "labels",
  "name",
  "namespace",
  "cluster_config",
  "job_watch_timeout_seconds",
  "pod_watch_timeout_seconds",
  "stream_output",
] as const;

export const KUBERNETES: WorkerType = {
  type: "kubernetes",
  display_name: "Kubernetes",
  description: "Each run is a Job of a Kubernetes cluster.",
  documentation_url: "/docs",
  install_command: "pip install prefect-kubernetes",
  is_beta: false,
  logo_url: "",
  default_base_job_configuration: jobTemplate(VARIABLES, {
    ...Object.fromEntries(TAKEN_AS_THEY_ARE.map((name) => [name, `{{ ${name} }}`])),
    job_manifest: JOB_MANIFEST,
  }),
};
