export interface TemporaryFile extends AsyncDisposable {
  readonly path: string;
}
/** The file does not exist yet; it goes with its folder. Close whatever has it open first. */
export declare function temporaryDatabaseFile(): Promise<TemporaryFile>;
//# sourceMappingURL=sqlite.d.ts.map
