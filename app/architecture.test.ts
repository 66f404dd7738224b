import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { describe, expect, it } from "vitest";

/*
 * The walls of the house, read off every import of every source file. Three things hold them: TypeScript's project
 * references, lint rules per folder, and this test, which alone sees all rooms at once.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** One room: which imports its files may contain, and what to do instead of another. */
interface Room {
  readonly folder: string;
  /** Folders or single files of the repository it may import, besides itself. */
  readonly mayImport: readonly string[];
  /** Folders it may import types from, and nothing that runs. */
  readonly mayImportTypesOf: readonly string[];
  /** Packages it may not import; a trailing `*` stands for any ending. */
  readonly forbiddenPackages: readonly string[];
  /** Packages whose types it may import, and nothing that runs. */
  readonly typeOnlyPackages?: readonly string[];
  readonly instead: string;
}

const platform = ["electron", "electron/*", "onnxruntime-node", "better-sqlite3", "react", "react-dom*", "@mantine/*"];

// The first room whose folder holds a file is its room: inner rooms stand before the outer ones.
const rooms: readonly Room[] = [
  {
    folder: "main/electron",
    mayImport: ["app", "main/backend"],
    mayImportTypesOf: [],
    forbiddenPackages: ["react", "react-dom*", "@mantine/*", "onnxruntime-*"],
    instead: "The desktop shell is thin: put the work into main/backend.",
  },
  {
    folder: "main/loopback",
    mayImport: ["app", "main/backend"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react", "react-dom*", "@mantine/*"],
    instead: "The loopback shell knows the contract and the backend alone.",
  },
  {
    folder: "main/cli",
    mayImport: ["app", "main/backend", "main/loopback"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react", "react-dom*", "@mantine/*"],
    instead: "The command line drives the same backend through the contract.",
  },
  {
    folder: "main/inference-server",
    mayImport: ["app", "native-models", "main/backend/speech", "main/backend/media"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "better-sqlite3", "react", "react-dom*", "@mantine/*"],
    instead: "The container hears and keeps nothing: it has no library and no shell.",
  },
  {
    folder: "main/backend",
    mayImport: ["app", "native-models"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react", "react-dom*", "@mantine/*"],
    instead: "Take what a shell has as a parameter of openBackend.",
  },
  {
    folder: "main",
    mayImport: ["app", "main/backend", "main/loopback", "main/electron"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react", "react-dom*", "@mantine/*"],
    instead: "Files directly in main/ start or build a shell and do nothing else.",
  },
  {
    folder: "native-models/bench",
    mayImport: ["app", "native-models", "main/backend"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react"],
    instead: "Measuring scripts run the engine as the backend does.",
  },
  {
    folder: "native-models/accuracy",
    mayImport: ["app", "native-models", "main/backend"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react"],
    instead: "Measuring scripts run the engine as the backend does.",
  },
  {
    folder: "native-models/demo",
    mayImport: ["app", "native-models", "native-models/accuracy", "main/backend"],
    mayImportTypesOf: [],
    forbiddenPackages: ["electron", "electron/*", "react"],
    instead: "Measuring scripts run the engine as the backend does.",
  },
  {
    folder: "native-models",
    mayImport: [],
    mayImportTypesOf: ["app/conversation"],
    forbiddenPackages: ["node:*", ...platform],
    typeOnlyPackages: ["onnxruntime-common"],
    instead: "An ONNX session, bytes and samples are parameters of the speech engine: open them in main/backend/speech.",
  },
  {
    folder: "app",
    mayImport: [],
    mayImportTypesOf: [],
    forbiddenPackages: ["node:*", "onnxruntime-*", ...platform],
    instead: "app/ is the product without a platform: take what you need as a parameter (app/ports.ts).",
  },
  {
    folder: "renderer",
    mayImport: ["app"],
    mayImportTypesOf: [],
    forbiddenPackages: ["node:*", "electron", "electron/*", "onnxruntime-*", "better-sqlite3"],
    instead: "The page asks the backend through bridge/ (call, on, mediaUrl).",
  },
];

/** An import as written: what it names, and whether anything of it runs. */
interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Every import of a source text, in whatever form: static, re-exported, dynamic, of types, required. */
function importsOf(path: string, source: string): Import[] {
  const found: Import[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    const entry = node as Record<string, unknown>;
    const literal = (value: unknown): string | undefined => {
      const text = (value as { value?: unknown } | null | undefined)?.value;
      return typeof text === "string" ? text : undefined;
    };
    switch (entry["type"]) {
      case "ImportDeclaration": {
        const specifiers = (entry["specifiers"] as { importKind?: string }[] | undefined) ?? [];
        const typeOnly =
          entry["importKind"] === "type" ||
          (specifiers.length > 0 && specifiers.every((specifier) => specifier.importKind === "type"));
        found.push({ specifier: literal(entry["source"]) ?? "", typeOnly });
        break;
      }
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        if (entry["source"]) found.push({ specifier: literal(entry["source"]) ?? "", typeOnly: entry["exportKind"] === "type" });
        break;
      case "ImportExpression":
        found.push({ specifier: literal(entry["source"]) ?? "", typeOnly: false });
        break;
      case "TSImportType":
        found.push({ specifier: literal(entry["source"] ?? entry["argument"]) ?? "", typeOnly: true });
        break;
      case "CallExpression":
        if ((entry["callee"] as { name?: string }).name === "require") {
          found.push({ specifier: literal((entry["arguments"] as unknown[])[0]) ?? "", typeOnly: false });
        }
        break;
    }
    for (const value of Object.values(entry)) visit(value);
  };
  const parsed = parseSync(path, source);
  if (parsed.errors.length > 0) throw new Error(`${path} cannot be parsed: ${parsed.errors[0]?.message}`);
  visit(parsed.program);
  return found.filter((entry) => entry.specifier !== "");
}

function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** What a file breaks: one sentence for each import that goes through a wall. */
function violationsOf(path: string, source: string): string[] {
  const room = rooms.find((candidate) => isInside(path, candidate.folder));
  if (room === undefined) return [];
  return importsOf(path, source).flatMap(({ specifier, typeOnly }) => {
    if (!specifier.startsWith(".")) {
      if (matches(specifier, room.typeOnlyPackages ?? [])) {
        return typeOnly ? [] : [`${path} imports ${specifier} to run it; only its types are allowed here. ${room.instead}`];
      }
      return matches(specifier, room.forbiddenPackages) ? [`${path} imports ${specifier}. ${room.instead}`] : [];
    }
    const target = posix.join(posix.dirname(path), specifier.replace(/\?.*$/u, ""));
    const allowed =
      isInside(target, room.folder) ||
      room.mayImport.some((folder) => isInside(target, folder)) ||
      (typeOnly && room.mayImportTypesOf.some((folder) => isInside(target, folder)));
    // An inner room is not part of the outer one: `main` may not reach into `main/cli`, say.
    const targetRoom = rooms.find((candidate) => isInside(target, candidate.folder));
    const through =
      targetRoom !== undefined &&
      targetRoom !== room &&
      !room.mayImport.some((folder) => isInside(targetRoom.folder, folder)) &&
      // A part of the inner room may be named by itself.
      !room.mayImport.some((folder) => isInside(folder, targetRoom.folder) && isInside(target, folder)) &&
      !(typeOnly && room.mayImportTypesOf.some((folder) => isInside(target, folder)));
    return allowed && !through ? [] : [`${path} imports ${specifier}. ${room.instead}`];
  });
}

/** Source files of the rooms, without tests: a test may reach through walls to set its scene. */
function sourceFiles(): string[] {
  return ["app", "main", "native-models", "renderer"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          /\.tsx?$/u.test(entry.name) &&
          !/\.(test|test-process|d)\.tsx?$/u.test(entry.name) &&
          !/\.config\.ts$/u.test(entry.name),
      )
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/")),
  );
}

describe("the walls of the house", () => {
  it("stand: no source file imports through one", () => {
    const files = sourceFiles();
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((path) => violationsOf(path, readFileSync(join(root, path), "utf8")))).toEqual([]);
  });

  it.each([
    ["app/planted.ts", 'import { readFile } from "node:fs/promises";'],
    ["app/planted.ts", 'import type { Model } from "../native-models/session.ts";'],
    ["app/planted.ts", 'export * from "../main/backend/process.ts";'],
    ["native-models/planted.ts", 'import { InferenceSession } from "onnxruntime-node";'],
    ["native-models/planted.ts", 'import { Tensor } from "onnxruntime-common";'],
    ["native-models/planted.ts", 'import { roleSchema } from "../app/conversation/conversation.ts";'],
    ["native-models/planted.ts", 'import type { Failure } from "../app/contract/errors.ts";'],
    ["main/backend/planted.ts", 'const { app } = await import("electron");'],
    ["main/backend/planted.ts", 'import { x } from "../electron/window.ts";'],
    ["main/inference-server/planted.ts", 'import { openStore } from "../backend/store/store.ts";'],
    ["main/loopback/planted.ts", 'import { run } from "../cli/earmark.ts";'],
    ["main/electron/planted.ts", 'import { useState } from "react";'],
    ["renderer/planted.tsx", 'type Backend = import("../main/backend/backend.ts").Backend; export type { Backend };'],
    ["renderer/planted.tsx", 'const fs = require("node:fs"); export const x = fs;'],
  ])("fail at once when broken: %s with %s", (path, source) => {
    const violations = violationsOf(path, source);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(path);
  });

  it.each([
    ["native-models/planted.ts", 'import type { Transcript } from "../app/conversation/conversation.ts";'],
    ["native-models/planted.ts", 'import type { Tensor } from "onnxruntime-common";'],
    ["main/cli/planted.ts", 'import { openBackend } from "../backend/backend.ts";'],
    ["renderer/planted.tsx", 'import { api } from "../app/contract/api.ts";'],
  ])("let through what the plan allows: %s with %s", (path, source) => {
    expect(violationsOf(path, source)).toEqual([]);
  });
});

describe("names", () => {
  it("has no drawer whose name says nothing of what it holds", () => {
    const drawers = sourceFiles().filter((path) => /(^|\/)(utils?|helpers?|common|shared|misc|lib)(\/|\.tsx?$)/u.test(path));
    expect(drawers).toEqual([]);
  });
});
