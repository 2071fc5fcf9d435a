/** The table of settings in docs/guides/settings.md, made from their definitions. */
import { SETTING_DEFINITIONS } from "@sluice/sdk/settings";

/** Rows of Markdown: name, default, what it does. */
export function settingsTable(): string {
  const rows = Object.values(SETTING_DEFINITIONS).map((definition) => {
    const fallback = definition.fallbackVariable ? ` Else \`${definition.fallbackVariable}\`.` : "";
    return `| \`${definition.name}\` | ${shown(definition.default)} | ${definition.description}${fallback} |`;
  });
  return ["| setting | default | |", "|---|---|---|", ...rows].join("\n");
}

function shown(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return "–";
  if (typeof value === "object" && Object.keys(value).length === 0) return "–";
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}
