/** Figures of the server for Prometheus: `GET /api/metrics`. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ObservedRequest } from "./edge/http-server.ts";

/** A figure that is read when somebody asks for it. */
export interface GaugeSource {
  /** Without the prefix that all of the server's figures share. */
  readonly name: string;
  readonly help: string;
  readonly read: () => number | Promise<number>;
}

export interface Metrics {
  readonly contentType: string;
  observeRequest(request: ObservedRequest): void;
  /** The figures in Prometheus' text format. */
  text(): Promise<string>;
}

const PREFIX = "sluice_server_";

/** From a cached answer to a request that somebody gives up on. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(gauges: readonly GaugeSource[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: `${PREFIX}request_duration_seconds`,
    help: "Time from the arrival of a request to the end of its answer",
    labelNames: ["method", "route", "status"],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  for (const { name, help, read } of gauges) {
    const gauge: Gauge = new Gauge({
      name: PREFIX + name,
      help,
      registers: [registry],
      collect: async () => gauge.set(await readOrNaN(read)),
    });
  }
  return {
    contentType: registry.contentType,
    observeRequest: ({ method, route, status, seconds }) =>
      durations.observe({ method, route, status: String(status) }, seconds),
    text: () => registry.metrics(),
  };
}

/** A figure that can't be read, because the database is away for instance, must not hide the others. */
async function readOrNaN(read: GaugeSource["read"]): Promise<number> {
  try {
    return await read();
  } catch {
    return Number.NaN;
  }
}
