export interface TestPostgres {
  /** Makes an empty database. */
  createDatabase(): Promise<TestDatabase>;
}
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}
/**
 * The run's PostgreSQL, or null where no server is installed: then skip, as in `describe.skipIf(postgres === null)`.
 *
 * @throws when there is none and `SLUICE_REQUIRE_POSTGRES=1` says that there must be
 */
export declare function requestPostgres(): Promise<TestPostgres | null>;
//# sourceMappingURL=postgres.d.ts.map
