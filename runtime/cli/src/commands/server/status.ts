/** `sluice server status`: whether the server of the settings answers. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { jsonOption, type OutputOptions, outputOption, seconds, wantsJson } from "../../options.ts";
import { probeServer, type ServerHealth } from "../../server-probe.ts";

interface Options extends OutputOptions {
  readonly wait?: boolean;
  readonly timeout: number;
}

const POLL_MS = 200;
const DEFAULT_API_URL = "http://127.0.0.1:4200/api";

export function statusCommand(context: Context): Command {
  return new Command("status")
    .description("Say whether the server answers; the exit code is 1 when it doesn't")
    .option("--wait", "wait until it answers")
    .option("-t, --timeout <seconds>", "with --wait: give up after this long; 0 never", seconds, 0)
    .addOption(jsonOption())
    .addOption(outputOption())
    .action(async (options: Options) => {
      const { apiUrl } = await context.settings();
      const url = apiUrl ?? DEFAULT_API_URL;
      const health = options.wait ? await waitForServer(url, options.timeout) : await probeServer(url);
      if (!health.isHealthy) context.fail();
      if (wantsJson(options)) return context.printJson(asJson(url, health));
      const { colors } = context;
      if (health.isHealthy)
        context.print(`${colors.green("healthy")}  ${url}  ${versionOf(health)}`.trimEnd());
      else context.print(`${colors.red("not reachable")}  ${url}  ${health.reason}`);
    });
}

async function waitForServer(url: string, timeoutSeconds: number): Promise<ServerHealth> {
  const deadline = timeoutSeconds === 0 ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const health = await probeServer(url);
    if (health.isHealthy || Date.now() >= deadline) return health;
    await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS, deadline - Date.now())));
  }
}

function asJson(url: string, health: ServerHealth) {
  return {
    status: health.isHealthy ? "healthy" : "unreachable",
    api_url: url,
    sluice_version: health.isHealthy ? health.info.sluiceVersion : null,
    prefect_version: health.isHealthy ? health.info.prefectVersion : null,
    reason: health.isHealthy ? null : health.reason,
  };
}

function versionOf(health: ServerHealth & { isHealthy: true }): string {
  const { prefectVersion, sluiceVersion } = health.info;
  if (sluiceVersion) return `sluice ${sluiceVersion}`;
  return prefectVersion ? `prefect ${prefectVersion}` : "";
}
