import type { Client } from "@sluice/client";
import type { endpoints } from "@sluice/schemas";

/** The typed client of the whole API. */
export type ApiClient = Client<typeof endpoints>;
