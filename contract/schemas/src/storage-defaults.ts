/** Where results go when a flow says nothing (`/admin/storage`, protocol section 1). */
import { z } from "zod";
import { idOutput, idSchema } from "./ids.ts";

export const serverDefaultResultStorageUpdate = z
  .object({ default_result_storage_block_id: idSchema<"block-document">() })
  .meta({ id: "ServerDefaultResultStorageUpdate" });
export type ServerDefaultResultStorageUpdate = z.output<typeof serverDefaultResultStorageUpdate>;

export const serverDefaultResultStorageResponse = z
  .object({ default_result_storage_block_id: idOutput.nullable() })
  .meta({ id: "ServerDefaultResultStorage" });
export type ServerDefaultResultStorageResponse = z.output<typeof serverDefaultResultStorageResponse>;
