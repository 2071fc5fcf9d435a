/** One in-memory database for many schedules, with a window for looking in without waiting. */
import {
  addSeconds,
  type ConcurrencyLimitId,
  DEFAULT_WORKSPACE_ID,
  type DeploymentId,
  type FlowId,
  type FlowRunId,
  newId,
  type Timestamp,
} from "@sluice/schemas";
import { migrate } from "../../server/store-sql/migrator.ts";
import { SqlStore } from "../../server/store-sql/sql-store.ts";
import { SqliteConnection } from "../../server/store-sqlite/connection.ts";
import { sqliteDialect } from "../../server/store-sqlite/dialect.ts";
import { kyselyOn } from "../../server/store-sqlite/driver.ts";
import { migrations } from "../../server/store-sqlite/migrations/index.ts";
import { SqliteMigrationTarget } from "../../server/store-sqlite/migration-target.ts";
import { IN_MEMORY } from "../../server/store-sqlite/sqlite-store.ts";
import type { StoredEvent } from "../../server/store/events.ts";
import type { Store } from "../../server/store/store.ts";

export interface OvertakenLimit {
  readonly name: string;
  readonly limit: number;
  readonly occupied: number;
}

export class SimulationDatabase {
  readonly store: Store;
  readonly #connection: SqliteConnection;

  static async open(): Promise<SimulationDatabase> {
    const connection = new SqliteConnection(IN_MEMORY, { isReadOnly: false });
    await migrate(new SqliteMigrationTarget(connection), migrations);
    return new SimulationDatabase(connection);
  }

  private constructor(connection: SqliteConnection) {
    this.#connection = connection;
    const db = kyselyOn(connection, { isExclusive: true });
    this.store = new SqlStore({ dialect: sqliteDialect, writer: db, reader: db });
  }

  async close(): Promise<void> {
    await this.store.close();
    this.#connection.close();
  }

  async addFlow(now: Timestamp): Promise<FlowId> {
    const id = newId<"flow">();
    const owned = { workspace_id: DEFAULT_WORKSPACE_ID, created: now, updated: now };
    await this.store.transaction((tx) =>
      tx.flows.create({
        ...owned,
        id,
        name: `flow-${id}`,
        tags: [],
        labels: {},
        created_by: null,
        updated_by: null,
      }),
    );
    return id;
  }

  async addLimit(now: Timestamp, name: string, limit: number): Promise<ConcurrencyLimitId> {
    const id = newId<"concurrency-limit">();
    await this.store.transaction((tx) =>
      tx.concurrencyLimits.create({
        id,
        workspace_id: DEFAULT_WORKSPACE_ID,
        created: now,
        updated: now,
        active: true,
        name,
        limit,
        denied_slots: 0,
        slot_decay_per_second: 0,
        avg_slot_occupancy_seconds: 2,
        decaying_slots: 0,
        decaying_since: now,
        created_by: null,
        updated_by: null,
      }),
    );
    return id;
  }

  /** Written by hand: no command makes deployments. */
  addDeployment(
    now: Timestamp,
    flowId: FlowId,
    limitId: ConcurrencyLimitId | null,
    strategy: "ENQUEUE" | "CANCEL_NEW",
  ): DeploymentId {
    const id = newId<"deployment">();
    this.#connection.database
      .prepare(
        `INSERT INTO deployment (id, workspace_id, created, updated, name, flow_id, infra_overrides, status, paused,
          concurrency_limit_id, concurrency_options, tags, labels, parameters, enforce_parameter_schema)
        VALUES (?, ?, ?, ?, ?, ?, '{}', 'NOT_READY', 0, ?, ?, '[]', '{}', '{}', 0)`,
      )
      .run(
        id,
        DEFAULT_WORKSPACE_ID,
        now,
        now,
        `deployment-${id}`,
        flowId,
        limitId,
        JSON.stringify({ collision_strategy: strategy, grace_period_seconds: 60 }),
      );
    return id;
  }

  /** Limits of which more slots are held than there are. Looks at what is committed, or about to be. */
  overtakenLimits(now: Timestamp): OvertakenLimit[] {
    const rows = this.#connection.database
      .prepare(
        `SELECT concurrency_limit.name, concurrency_limit."limit", sum(concurrency_lease.slots) AS occupied
        FROM concurrency_lease
        JOIN concurrency_lease_limit ON concurrency_lease_limit.lease_id = concurrency_lease.id
        JOIN concurrency_limit ON concurrency_limit.id = concurrency_lease_limit.limit_id
        WHERE concurrency_lease.expires > ?
        GROUP BY concurrency_limit.id HAVING occupied > concurrency_limit."limit"`,
      )
      .all(now);
    return rows as unknown as OvertakenLimit[]; // the columns selected above
  }

  /** Leases that a flow run holds and that live for longer than a client's grace. */
  leasesOf(flowRunId: FlowRunId, now: Timestamp): number {
    const row = this.#connection.database
      .prepare("SELECT count(*) AS held FROM concurrency_lease WHERE holder_id = ? AND expires > ?")
      .get(flowRunId, now);
    return Number(row?.["held"]);
  }

  /** Every event in the outbox, in order; empties it. */
  takeEvents(): StoredEvent[] {
    const rows = this.#connection.database.prepare("SELECT event FROM outbox ORDER BY position").all();
    this.#connection.database.exec("DELETE FROM outbox");
    return rows.map((row) => JSON.parse(String(row["event"])) as StoredEvent);
  }

  /** The start of every simulated life: noon of some day. */
  static readonly START = addSeconds(0 as Timestamp, 1_785_585_600);
}
