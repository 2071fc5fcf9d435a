/**
 * Flow-run lifecycles over the API: create, Pending, Running, Completed, by a number of clients at once, each waiting for
 * its answers. The same generator for every server.
 */
import { Pool } from "undici";

export interface LifecycleFigures {
  readonly lifecyclesPerSecond: number;
  /** Of one whole lifecycle of four requests, each in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly failures: number;
}

export async function measureLifecycles(
  apiUrl: string,
  clients: number,
  seconds: number,
): Promise<LifecycleFigures> {
  const { origin, pathname } = new URL(apiUrl);
  const pool = new Pool(origin, { connections: clients, pipelining: 1 });
  const latenciesMs: number[] = [];
  let failures = 0;

  async function post(path: string, body: unknown): Promise<{ id: string }> {
    const { statusCode, body: answer } = await pool.request({
      path: `${pathname}${path}`,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${path} answered ${statusCode}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as { id: string };
  }

  const flow = await post("/flows/", { name: "bench-lifecycle" });
  const until = performance.now() + seconds * 1000;
  async function client(): Promise<void> {
    while (performance.now() < until) {
      const started = performance.now();
      try {
        const run = await post("/flow_runs/", { flow_id: flow.id, state: { type: "SCHEDULED" } });
        for (const type of ["PENDING", "RUNNING", "COMPLETED"]) {
          await post(`/flow_runs/${run.id}/set_state`, { state: { type }, force: false });
        }
        latenciesMs.push(performance.now() - started);
      } catch {
        failures += 1;
      }
    }
  }

  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { lifecyclesPerSecond: latenciesMs.length / elapsedSeconds, latenciesMs, failures };
}
