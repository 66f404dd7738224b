import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, matchesGlob } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "..", "..");
const require = createRequire(import.meta.url);
// electron-builder reads its configuration with the same parser.
const yaml = createRequire(require.resolve("app-builder-lib"))("js-yaml") as { load(text: string): unknown };
const written = readFileSync(join(root, "electron-builder.yml"), "utf8");
const configuration = yaml.load(written);

const patterns = z.array(z.string());
const platform = z.looseObject({ files: patterns, icon: z.string() });
const known = z
  .looseObject({
    files: patterns,
    asarUnpack: patterns,
    extraResources: z.array(z.object({ from: z.string(), to: z.string(), filter: patterns.optional() })),
    electronFuses: z.record(z.string(), z.boolean()),
    win: platform,
    mac: platform.extend({ entitlements: z.string(), entitlementsInherit: z.string(), hardenedRuntime: z.literal(true) }),
    linux: platform,
    nsis: z.looseObject({ perMachine: z.literal(true), license: z.string() }),
  })
  .parse(configuration);

const schema = JSON.parse(readFileSync(require.resolve("app-builder-lib/scheme.json"), "utf8")) as object;
const check = new Ajv({ strict: false, allErrors: true }).compile(schema);

function validate(value: unknown): string[] {
  return check(value) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("electron-builder.yml", () => {
  it("is valid by electron-builder's own schema", () => {
    expect(validate(configuration)).toEqual([]);
  });
  it("would not be with a word that electron-builder does not know", () => {
    expect(validate(yaml.load(written.replace("asarUnpack:", "asarUnpacked:")))).not.toEqual([]);
    expect(validate(yaml.load(written.replace("runAsNode: false", "runAsNode: perhaps")))).not.toEqual([]);
  });

  it("writes out every fuse that electron-builder knows", () => {
    expect(known.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    });
    const { definitions } = z
      .looseObject({
        definitions: z.looseObject({ FuseOptionsV1: z.looseObject({ properties: z.record(z.string(), z.unknown()) }) }),
      })
      .parse(schema);
    const all = Object.keys(definitions.FuseOptionsV1.properties);
    expect(all.filter((fuse) => !Object.hasOwn(known.electronFuses, fuse) && fuse !== "strictlyRequireAllFuses")).toEqual([]);
  });

  it("targets NSIS per machine, dmg with hardened runtime, AppImage and deb", () => {
    const targets = (value: z.infer<typeof platform>): unknown =>
      z
        .array(z.looseObject({ target: z.string() }))
        .parse(value["target"])
        .map(({ target }) => target);
    expect([targets(known.win), targets(known.mac), targets(known.linux)]).toEqual([["nsis"], ["dmg"], ["AppImage", "deb"]]);
  });

  it("unpacks native modules and ffmpeg, and keeps models outside the archive", () => {
    expect(known.asarUnpack).toEqual(
      expect.arrayContaining(["**/*.node", "**/*.so*", "**/*.dylib", "**/*.dll", "node_modules/ffmpeg-static/**"]),
    );
    expect(known.extraResources.map(({ to }) => to)).toEqual([
      "samples",
      "categories",
      "checklists",
      "prompts",
      "verify",
      "fonts",
      "icons",
      "licences",
      "models/demo-voice",
      "models/demo-segmentation",
      "models/demo-embedding",
    ]);
    expect(known.files.some((pattern) => /models|onnx$/u.test(pattern))).toBe(false);
  });

  it("leaves ONNX Runtime's other platforms out of each package, by folders that exist", () => {
    for (const [own, { files }] of [
      ["win32", known.win],
      ["darwin", known.mac],
      ["linux", known.linux],
    ] as const) {
      const pruned = files.filter((pattern) => pattern.startsWith("!node_modules/onnxruntime-node/bin/")).join(" ");
      for (const other of ["win32", "darwin", "linux"]) {
        const isPruned = new RegExp(`bin/\\*/\\{[^}]*\\b${other}\\b`, "u").test(pruned);
        expect([own, other, isPruned]).toEqual([own, other, own !== other]);
        expect(existsSync(join(root, "node_modules", "onnxruntime-node", "bin", "napi-v6", other))).toBe(true);
      }
    }
  });

  it("keeps one prebuilt SQLite in each package: its own", () => {
    const all = readdirSync(join(root, "node_modules", "better-sqlite3", "prebuilds"));
    for (const [{ files }, own] of [
      [known.win, "win32-x64.node"],
      [known.mac, "darwin-arm64.node"],
      [known.linux, "linux-x64.node"],
    ] as const) {
      const pruned = files.filter((pattern) => pattern.includes("/better-sqlite3/prebuilds/")).map((pattern) => pattern.slice(1));
      const kept = all.filter(
        (name) => !pruned.some((pattern) => matchesGlob(`node_modules/better-sqlite3/prebuilds/${name}`, pattern)),
      );
      expect(kept).toEqual([own]);
    }
  });

  it("names files that exist", () => {
    const named = [
      known.win.icon,
      known.mac.icon,
      known.linux.icon,
      known.mac.entitlements,
      known.mac.entitlementsInherit,
      known.nsis.license,
    ];
    const folders = known.extraResources.map(({ from }) => from).filter((from) => !from.startsWith("build/"));
    expect([...named, ...folders].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
