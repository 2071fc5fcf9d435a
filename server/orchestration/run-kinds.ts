/** The two kinds of run that the rule machine governs. */
import type { FlowRunEffect, TaskRunEffect } from "./decision.ts";
import type { FlowRunColumns, FlowRunFacts, RunBookkeeping, TaskRunColumns, TaskRunFacts } from "./facts.ts";
import type { Rule, Transform } from "./rule.ts";

export interface FlowRunKind {
  readonly facts: FlowRunFacts;
  readonly columns: FlowRunColumns;
  readonly effect: FlowRunEffect;
}

export interface TaskRunKind {
  readonly facts: TaskRunFacts;
  readonly columns: TaskRunColumns;
  readonly effect: TaskRunEffect;
}

/** What both have in common, for rules and transforms that work on either. */
export interface AnyRunKind {
  readonly facts: FlowRunFacts | TaskRunFacts;
  readonly columns: RunBookkeeping;
  readonly effect: never;
}

export type FlowRunRule = Rule<FlowRunKind>;
export type FlowRunTransform = Transform<FlowRunKind>;
export type AnyRunRule = Rule<AnyRunKind>;
export type AnyRunTransform = Transform<AnyRunKind>;
export type TaskRunRule = Rule<TaskRunKind>;
export type TaskRunTransform = Transform<TaskRunKind>;
