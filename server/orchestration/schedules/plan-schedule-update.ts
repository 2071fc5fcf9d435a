/** What a list of schedules in an update means for those that a deployment has (protocol section 5.1). */
import type { DeploymentScheduleId, DeploymentScheduleUpdate } from "@sluice/schemas";

interface ExistingSchedule {
  readonly id: DeploymentScheduleId;
  readonly slug: string | null;
}

/** A schedule that says when: one that is made. */
export type CompleteSchedule = DeploymentScheduleUpdate & {
  readonly schedule: NonNullable<DeploymentScheduleUpdate["schedule"]>;
};

export type ScheduleUpdatePlan =
  /** All go, these come. */
  | { readonly kind: "replace"; readonly create: readonly CompleteSchedule[] }
  /** Those named by their slugs change, unknown ones come, the rest stays. */
  | {
      readonly kind: "patch";
      readonly patch: readonly {
        readonly id: DeploymentScheduleId;
        readonly changes: DeploymentScheduleUpdate;
      }[];
      readonly create: readonly CompleteSchedule[];
    }
  | { readonly kind: "keep" }
  | { readonly kind: "refuse"; readonly reason: string };

/** @param sent undefined: the update says nothing of schedules */
export function planScheduleUpdate(
  existing: readonly ExistingSchedule[],
  sent: readonly DeploymentScheduleUpdate[] | undefined,
): ScheduleUpdatePlan {
  if (sent === undefined) return { kind: "keep" };
  const areNamed = existing.length > 0 && existing.every(({ slug }) => slug !== null);
  if (!areNamed) return { kind: "replace", create: sent.filter(isComplete) };
  if (sent.some(({ slug }) => slug == null)) {
    return refuse(
      "Please provide a slug for each schedule in your request to ensure schedules are updated correctly.",
    );
  }
  return planPatch(new Map(existing.map(({ id, slug }) => [slug, id])), sent);
}

function planPatch(
  ids: ReadonlyMap<string | null, DeploymentScheduleId>,
  sent: readonly DeploymentScheduleUpdate[],
): ScheduleUpdatePlan {
  const replaced = new Set<string>();
  for (const { replaces } of sent) {
    if (!replaces) continue;
    if (replaced.has(replaces)) {
      return refuse(`Multiple schedules have 'replaces' targeting the same slug: ${replaces}`);
    }
    replaced.add(replaces);
  }
  const collision = sent.find(
    ({ slug, replaces }) => replaces && slug && ids.has(slug) && !replaced.has(slug),
  );
  if (collision) {
    const { slug, replaces } = collision;
    return refuse(
      `Cannot rename schedule from '${replaces}' to '${slug}': a schedule with slug '${slug}' already exists.`,
    );
  }
  const targets = sent.map((changes) => ({
    changes,
    id: ids.get(changes.replaces || (changes.slug ?? null)),
  }));
  const create = targets.filter(({ id }) => id === undefined).map(({ changes }) => changes);
  if (!create.every(isComplete)) {
    return refuse("Unable to create new deployment schedules without a schedule configuration.");
  }
  const patch = targets.flatMap(({ id, changes }) => (id === undefined ? [] : [{ id, changes }]));
  return { kind: "patch", patch, create };
}

function isComplete(update: DeploymentScheduleUpdate): update is CompleteSchedule {
  return update.schedule != null;
}

function refuse(reason: string): ScheduleUpdatePlan {
  return { kind: "refuse", reason };
}
