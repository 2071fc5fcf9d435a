/** `sluice version`: what is installed, and which server the settings name. */
import type { Context } from "../context.ts";
import { sluiceVersion } from "../sluice-version.ts";

/** Part of the wire contract (`API_VERSION` in the schemas, checked by a test); loading it would cost the start-up. */
const API_VERSION = "0.8.4";

export async function showVersion(context: Context, options: { readonly json?: boolean }): Promise<void> {
  const settings = await context.settings();
  const facts = {
    version: sluiceVersion(),
    api_version: API_VERSION,
    node_version: process.versions.node,
    sqlite_version: process.versions["sqlite"] ?? null,
    platform: `${process.platform}/${process.arch}`,
    profile: settings.profile,
    server_type: settings.apiUrl === null ? "embedded" : "remote",
    api_url: settings.apiUrl,
    home: settings.home,
  };
  if (options.json) return context.printJson(facts);
  const { properties } = await import("../tables.ts");
  context.print(
    properties(
      [
        ["Version", facts.version],
        ["API version", facts.api_version],
        ["Node version", facts.node_version],
        ["SQLite version", facts.sqlite_version],
        ["Platform", facts.platform],
        ["Profile", facts.profile],
        ["Server", facts.api_url ?? `embedded, in ${facts.home}`],
      ],
      context.colors,
    ),
  );
}
