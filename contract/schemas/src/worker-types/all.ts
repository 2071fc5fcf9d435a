/** Every type of worker that is known beforehand, by the package that brings it (protocol section 2.4). */
import { DOCKER } from "./docker.ts";
import { KUBERNETES } from "./kubernetes.ts";
import { MANAGED, PREFECT_MANAGED } from "./managed.ts";
import { PROCESS } from "./process.ts";
import type { WorkerType } from "./worker-type.ts";

const PACKAGES: Readonly<Record<string, readonly WorkerType[]>> = {
  sluice: [MANAGED],
  prefect: [PROCESS, PREFECT_MANAGED],
  "prefect-docker": [DOCKER],
  "prefect-kubernetes": [KUBERNETES],
};

/** Package → type → what is known of it, as `GET /collections/views/aggregate-worker-metadata` shows it. */
export const WORKER_METADATA: Readonly<Record<string, Readonly<Record<string, WorkerType>>>> =
  Object.fromEntries(
    Object.entries(PACKAGES).map(([name, types]) => [
      name,
      Object.fromEntries(types.map((type) => [type.type, type])),
    ]),
  );
