import type { Migration } from "../../store-sql/migrator.ts";
import { initial } from "./0001-initial.ts";

/** In order; a published one never changes. */
export const migrations: readonly Migration[] = [{ name: "initial", sql: initial }];
