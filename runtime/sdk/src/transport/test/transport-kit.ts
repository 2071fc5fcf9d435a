/** Makings of transport tests. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpConnection } from "@sluice/client";
import { newId } from "@sluice/schemas";
import type { Deliveries } from "../client-transport.ts";
import { httpDeliveries } from "../http-deliveries.ts";
import type { EventBody, LogBody } from "../wire.ts";

export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), "sluice-home-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export interface TestDeliveries {
  readonly deliveries: Deliveries;
  /** What people were told. */
  readonly problems: string[];
}

export function openDeliveries(apiUrl: string, home: string, spoolMaxBytes = 100_000_000): TestDeliveries {
  const problems: string[] = [];
  const deliveries = httpDeliveries({
    connection: new HttpConnection({ apiUrl }),
    home,
    spoolMaxBytes,
    report: (problem) => problems.push(problem),
  });
  return { deliveries, problems };
}

/** An event whose number can be read from its name. */
export function numberedEvent(number: number): EventBody {
  return {
    id: newId(),
    occurred: new Date().toISOString(),
    event: `test.${number}`,
    resource: { "prefect.resource.id": "test" },
    related: [],
    payload: {},
    follows: null,
  };
}

export function numbersOf(events: Iterable<EventBody>): number[] {
  return Array.from(events, (event) => Number(event.event.slice("test.".length)));
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function numberedLog(number: number): LogBody {
  return { name: "test", level: 20, message: String(number), timestamp: new Date().toISOString() };
}

/** The segment files in a home's spool. */
export function spooledFiles(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".log"));
}
