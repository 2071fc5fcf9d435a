/**
 * Bundles a user's module with the files it imports into one that Node can run. Packages stay outside, so that the SDK
 * in the bundle is the one of this process; therefore the bundle lies where the same packages are found.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Esbuild from "esbuild";
import { sdkSettings } from "../sdk-settings.ts";
import { EntrypointError } from "./entrypoint-error.ts";

/** URL of the bundle of the module at `path`; named by its content, so a changed source is a new module. */
export async function bundleModule(path: string): Promise<string> {
  const { build } = await loadEsbuild();
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node24",
    packages: "external",
    sourcemap: "inline",
    sourcesContent: false,
    keepNames: true,
    logLevel: "silent",
    plugins: [ownPlace],
    define: PLACE_NAMES,
    // For packages that are brought in by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; globalThis.require ??= __createRequire(import.meta.url);",
    },
  });
  const text = outputFiles[0]?.text ?? "";
  const hash = createHash("sha256").update(path).update(text).digest("hex").slice(0, 16);
  const folder = cacheFolder(path);
  const file = join(folder, `${basename(path, extname(path))}-${hash}.mjs`);
  if (!existsSync(file)) await writeWhole(folder, file, text);
  return pathToFileURL(file).href;
}

async function loadEsbuild(): Promise<typeof Esbuild> {
  try {
    return await import("esbuild");
  } catch (error) {
    throw new EntrypointError(
      "It uses syntax that Node can't run as it is, and the package `esbuild`, which would translate it, is not installed. " +
        "Install esbuild, or write types only (no enums, decorators, parameter properties; imports with their file extension).",
      { cause: error },
    );
  }
}

/** Beside the packages that the module uses; in the home folder where there are none. */
function cacheFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const packages = join(folder, "node_modules");
    if (existsSync(packages)) return join(packages, ".cache", "sluice");
    if (folder === dirname(folder)) return join(sdkSettings().home, "bundles");
  }
}

/** Several processes may load the same module at once. */
async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

/** In a bundle `import.meta` is the bundle's; code that reads files beside it means its own place. */
const PLACE_NAMES = {
  "import.meta.url": "__sluice_url",
  "import.meta.filename": "__sluice_file",
  "import.meta.dirname": "__sluice_folder",
  "import.meta.main": "false",
};

const ownPlace: Esbuild.Plugin = {
  name: "own-place",
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: "file" }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes("import.meta")) return null;
      const names = {
        __sluice_url: pathToFileURL(path).href,
        __sluice_file: path,
        __sluice_folder: dirname(path),
      };
      const place = Object.entries(names).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
      // On the first line, so that lines keep their numbers.
      const contents = `const ${place.join(", ")};${source.startsWith("#!") ? "//" : ""}${source}`;
      return { contents, loader: loaderOf(path), resolveDir: dirname(path) };
    });
  },
};

function loaderOf(path: string): Esbuild.Loader {
  const extension = extname(path).replace(/^\.[cm]?/, "");
  return extension as Esbuild.Loader; // js, jsx, ts or tsx, by the filter
}
