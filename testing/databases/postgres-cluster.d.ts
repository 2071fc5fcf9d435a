export interface PostgresCluster {
  /** The URL of the maintenance database. */
  readonly url: string;
  stop(): Promise<void>;
}
export interface ClusterOptions {
  /** False (the default) trades the data's safety from power loss for speed. */
  readonly isDurable?: boolean;
}
/** The folder of the server's programs: that of PATH, or Debian's newest; null when there are none. */
export declare function findPostgresPrograms(): Promise<string | null>;
/** @throws when the server doesn't start; the message ends with its log */
export declare function startPostgresCluster(
  programs: string,
  options?: ClusterOptions,
): Promise<PostgresCluster>;
/** Makes an empty database with a name of its own. */
export declare function createDatabase(cluster: Pick<PostgresCluster, "url">): Promise<{
  url: string;
  drop: () => Promise<void>;
}>;
//# sourceMappingURL=postgres-cluster.d.ts.map
