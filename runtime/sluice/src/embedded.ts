/** Gives the SDK the server: with no API URL, runs are reported to one inside this process. */
import { join } from "node:path";
import { registerEmbeddedServer } from "@sluice/sdk/embedding";

/** The server is loaded when a flow first needs it: with an API URL it never is. */
registerEmbeddedServer(
  async ({ home }) => {
    const { createEmbeddedServer } = await import("@sluice/server");
    const database = process.env.SLUICE_SERVER_DATABASE || `sqlite:${join(home, "sluice.db")}`;
    return await createEmbeddedServer({ home, database });
  },
  import.meta.url,
);
