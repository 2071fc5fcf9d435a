/** What every adapter of the store must pass. */
import { describe } from "vitest";
import { artifactSuite } from "./artifact-suite.ts";
import { blockSuite } from "./block-suite.ts";
import { filterSuite } from "./filter-suite.ts";
import { deploymentSuite } from "./deployment-suite.ts";
import { eventSuite } from "./event-suite.ts";
import { figureSuite } from "./figure-suite.ts";
import type { OpenStore } from "./fixtures.ts";
import { flowRunSuite } from "./flow-run-suite.ts";
import { flowSuite } from "./flow-suite.ts";
import { resourceSuite } from "./resource-suite.ts";
import { taskQueueSuite } from "./task-queue-suite.ts";
import { taskRunSuite } from "./task-run-suite.ts";
import { transactionSuite } from "./transaction-suite.ts";
import { variableSuite } from "./variable-suite.ts";
import { waitingRunSuite } from "./waiting-run-suite.ts";
import { workSuite } from "./work-suite.ts";

/** Runs every suite, each on a store of its own. */
export function storeSuite(open: OpenStore): void {
  describe("flows", () => flowSuite(open));
  describe("flow runs", () => flowRunSuite(open));
  describe("task runs", () => taskRunSuite(open));
  describe("the queue of deferred task runs", () => taskQueueSuite(open));
  describe("logs, inputs, limits and the rest", () => resourceSuite(open));
  describe("artifacts", () => artifactSuite(open));
  describe("blocks", () => blockSuite(open));
  describe("variables", () => variableSuite(open));
  describe("work pools, queues and workers", () => workSuite(open));
  describe("deployments", () => deploymentSuite(open));
  describe("waiting runs", () => waitingRunSuite(open));
  describe("filters", () => filterSuite(open));
  describe("figures and graphs", () => figureSuite(open));
  describe("events", () => eventSuite(open));
  describe("transactions", () => transactionSuite(open));
}
