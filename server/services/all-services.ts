/** Every background service. Any of them may run in any number of processes on one database. */
import type { CommandContext } from "../commands/context.ts";
import { cancellationTimeouts } from "./cancellation-timeouts.ts";
import { cancelledChildren } from "./cancelled-children.ts";
import { csrfTokenCleanup } from "./csrf-token-cleanup.ts";
import { type EventRetentionOptions, eventRetention } from "./event-retention.ts";
import { foreman } from "./foreman.ts";
import { lateRuns } from "./late-runs.ts";
import { leaseExpiry } from "./lease-expiry.ts";
import { pauseExpirations } from "./pause-expirations.ts";
import { recentDeploymentsScheduler, scheduler } from "./scheduler.ts";
import type { Service } from "./service.ts";
import { lostTaskWorkers } from "./lost-task-workers.ts";
import { ServiceLoop, type ServiceLoopDependencies } from "./service-loop.ts";

import { unpolledDeployments } from "./unpolled-deployments.ts";

export interface ServiceOptions {
  readonly eventRetention?: EventRetentionOptions;
}

export function allServices(context: CommandContext, options: ServiceOptions = {}): Service[] {
  return [
    scheduler(context),
    recentDeploymentsScheduler(context),
    lateRuns(context),
    pauseExpirations(context),
    cancellationTimeouts(context),
    cancelledChildren(context),
    leaseExpiry(context),
    unpolledDeployments(context),
    foreman(context),
    lostTaskWorkers(context),
    eventRetention(context, options.eventRetention),
    csrfTokenCleanup(context),
  ];
}

export interface RunningServices {
  /** Names of the services whose last pass failed; they go on trying. */
  readonly failing: ReadonlySet<string>;
  /** Resolves when every pass has ended. */
  stop(): Promise<void>;
}

export function startServices(
  services: readonly Service[],
  dependencies: ServiceLoopDependencies,
): RunningServices {
  const failing = new Set<string>();
  const observe: NonNullable<ServiceLoopDependencies["observe"]> = (pass) => {
    if (pass.failed) failing.add(pass.service);
    else failing.delete(pass.service);
    dependencies.observe?.(pass);
  };
  const loops = services.map((service) => new ServiceLoop(service, { ...dependencies, observe }));
  for (const loop of loops) loop.start();
  return {
    failing,
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
