/** Build the pages' scripts and styles into dist/, by content hash, with a manifest and the sizes; `--tests` builds the tests. */
import { readFileSync, mkdirSync, rmSync, writeFileSync, readdirSync, copyFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import esbuild from "esbuild";
import openapi, { astToString } from "openapi-typescript";

const HERE = import.meta.dirname;
const DIST = join(HERE, "dist");
const PUBLIC = "/static/web/";
/** Gzipped bytes: what may be loaded before the map, the map itself, and the console with its map. The build fails above. */
const LIMITS = { "before the map": 40_000, map: 330_000, console: 45_000, "console map": 345_000 };

/** `import url from "file?url"`: the file is copied beside the bundle as it is. */
const asUrl = {
  name: "url",
  setup(build) {
    build.onResolve({ filter: /\?url$/ }, async ({ path, resolveDir, kind }) => {
      const found = await build.resolve(path.replace(/\?url$/, ""), { resolveDir, kind });
      return { path: found.path, namespace: "url" };
    });
    build.onLoad({ filter: /.*/, namespace: "url" }, ({ path }) => ({ contents: readFileSync(path), loader: "file" }));
  },
};

async function generateTypes() {
  const document = new URL("../docs/openapi.json", import.meta.url);
  writeFileSync(join(HERE, "src/api/schema.d.ts"), astToString(await openapi(document)));
}

async function buildTests() {
  rmSync(join(HERE, "build"), { recursive: true, force: true });
  const entries = readdirSync(join(HERE, "tests")).filter((name) => name.endsWith(".test.ts"));
  await esbuild.build({
    entryPoints: entries.map((name) => join(HERE, "tests", name)),
    outdir: join(HERE, "build/tests"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    plugins: [asUrl],
    loader: { ".css": "text" },
    tsconfig: join(HERE, "tsconfig.json"),
    logLevel: "warning",
  });
}

async function buildPages() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  copyFileSync(join(HERE, "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"), join(HERE, "styles/inter.woff2"));
  // Two builds, so that what the console shares with the public pages does not split their files.
  const outputs = await bundle({
    main: "src/app/main.ts",
    components: "src/app/components-page.ts",
    booking: "src/booking/page.ts",
    theme: "src/app/theme-early.ts",
    page: "styles/page.css",
    document: "styles/document.css",
  });
  const consoleOutputs = await bundle({ console: "src/console/page.ts" });
  for (const name of readdirSync(DIST)) {
    if (!/\.(js|mjs|css|txt)$/.test(name)) continue;
    const bytes = readFileSync(join(DIST, name));
    writeFileSync(join(DIST, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    writeFileSync(join(DIST, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
  describe(outputs, consoleOutputs);
}

async function bundle(entryPoints) {
  const result = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints,
    outdir: DIST,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: PUBLIC,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "linked",
    metafile: true,
    plugins: [asUrl],
    loader: { ".woff2": "file" },
    tsconfig: "tsconfig.json",
    logLevel: "warning",
  });
  return result.metafile.outputs;
}

/** The file of each entry of a build, and the files that some entries load at once. */
function entriesOf(outputs) {
  const byEntry = new Map();
  for (const [path, output] of Object.entries(outputs)) if (output.entryPoint) byEntry.set(output.entryPoint, path);
  const closure = (...entries) => {
    const seen = new Set();
    const queue = entries.map((entry) => byEntry.get(entry));
    while (queue.length > 0) {
      const path = queue.pop();
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") queue.push(next);
    }
    return [...seen];
  };
  return { byEntry, closure };
}

/** For each page: its files, what to preload, and the sizes that are guarded. */
function describe(outputs, consoleOutputs) {
  const { byEntry, closure } = entriesOf(outputs);
  const url = (path) => PUBLIC + basename(path);
  const gzipped = (paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(HERE, path)), { level: 9 }).length, 0);
  const scripts = Object.fromEntries(
    ["en", "zh-Hans"].map((tag) => [tag, closure("src/app/main.ts", "src/app/app.ts", `messages/${tag}.json`)]),
  );
  const map = closure("src/map/map.ts").filter((path) => !scripts.en.includes(path));
  const own = entriesOf(consoleOutputs);
  const console_ = Object.fromEntries(
    ["en", "zh-Hans"].map((tag) => [
      tag,
      own.closure("src/console/page.ts", "src/console/console.ts", `messages/${tag}.json`, `messages/console/${tag}.json`),
    ]),
  );
  const consoleMap = own.closure("src/console/map.ts").filter((path) => !console_.en.includes(path));
  const worker = Object.keys(outputs).filter((path) => /maplibre-gl-worker-[^.]+\.mjs$/.test(path));
  const font = Object.keys(outputs).find((path) => path.endsWith(".woff2"));
  const sizes = {
    "before the map": Math.max(gzipped(scripts.en), gzipped(scripts["zh-Hans"])),
    map: gzipped(map),
    console: Math.max(gzipped(console_.en), gzipped(console_["zh-Hans"])),
    "console map": gzipped(consoleMap),
    "map worker": gzipped(worker),
    styles: gzipped([byEntry.get("styles/page.css")]),
  };
  const manifest = {
    main: url(byEntry.get("src/app/main.ts")),
    components: url(byEntry.get("src/app/components-page.ts")),
    booking: url(byEntry.get("src/booking/page.ts")),
    console: url(own.byEntry.get("src/console/page.ts")),
    theme: url(byEntry.get("src/app/theme-early.ts")),
    page: url(byEntry.get("styles/page.css")),
    document: url(byEntry.get("styles/document.css")),
    font: url(font),
    preload: Object.fromEntries(Object.entries(scripts).map(([tag, paths]) => [tag, paths.map(url)])),
    console_preload: Object.fromEntries(Object.entries(console_).map(([tag, paths]) => [tag, paths.map(url)])),
    sizes,
  };
  writeFileSync(join(DIST, "manifest.json"), JSON.stringify(manifest, null, 2));
  for (const [name, bytes] of Object.entries(sizes)) {
    const limit = LIMITS[name];
    console.log(`${name.padEnd(16)} ${(bytes / 1000).toFixed(1).padStart(7)} kB gzipped${limit ? ` (limit ${limit / 1000})` : ""}`);
    if (limit && bytes > limit) throw new Error(`${name} is ${bytes} bytes gzipped; ${limit} is the limit`);
  }
}

await generateTypes();
await (process.argv.includes("--tests") ? buildTests() : buildPages());
