/** What clients were promised before, between and after the kills. */

/** An answered proposal that wrote a state. */
export interface StateReceipt {
  readonly runId: string;
  readonly stateId: string;
  readonly type: string;
}

export class Receipts {
  readonly runs: string[] = [];
  readonly states: StateReceipt[] = [];
  readonly logs: { readonly runId: string; readonly message: string }[] = [];
  readonly events: string[] = [];
  readonly taskRuns: string[] = [];
  /** By run: the clients that were told that it is theirs. */
  readonly claims = new Map<string, Set<number>>();

  claim(runId: string, client: number): void {
    const owners = this.claims.get(runId) ?? new Set();
    owners.add(client);
    this.claims.set(runId, owners);
  }

  get count(): number {
    return (
      this.runs.length + this.states.length + this.logs.length + this.events.length + this.taskRuns.length
    );
  }
}
