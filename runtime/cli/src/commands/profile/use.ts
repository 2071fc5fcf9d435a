/** `sluice profile use`: makes a profile the active one and tries its server. */
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { loadProfiles, requireProfile, saveProfiles } from "./profile-store.ts";

export function useCommand(context: Context): Command {
  return new Command("use")
    .description("Make a profile the active one")
    .argument("<name>", "name of the profile")
    .action(async (name: string) => {
      const profiles = loadProfiles(context);
      requireProfile(profiles, name);
      saveProfiles(context, { ...profiles, active: name });
      context.say(`Profile ${name} is active.`);
      const { resolveSettings } = await import("@sluice/sdk/settings");
      const { apiUrl } = resolveSettings({ env: context.env, profile: name });
      if (apiUrl === null) return context.say("It names no server: flows run with the embedded one.");
      const { describeServer } = await import("../../server-probe.ts");
      context.say(await describeServer(apiUrl));
    });
}
