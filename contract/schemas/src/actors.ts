/** Who did something: the `created_by` and `updated_by` of a resource. */
import { z } from "zod";
import { type ActorId, idSchema } from "./ids.ts";

/** The creator of a resource; `type` is `DEPLOYMENT`, `AUTOMATION` or, with identity on, the kind of actor. */
export interface CreatedBy {
  readonly id: ActorId | null;
  readonly type: string | null;
  readonly display_value: string | null;
}

/** Who changed a resource last. */
export type UpdatedBy = CreatedBy;

const actorShape = {
  id: idSchema<"actor">().nullable().default(null),
  type: z.string().nullable().default(null),
  display_value: z.string().nullable().default(null),
};

export const createdBySchema = z.object(actorShape).meta({ id: "CreatedBy" });
export const updatedBySchema = z.object(actorShape).meta({ id: "UpdatedBy" });
