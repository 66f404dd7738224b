import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of Earmark itself, where it runs from source. A bundled shell is told its places by its packaging. */
export const earmarkFolder = join(import.meta.dirname, "..", "..");

/** The models that come with Earmark: the demo voice. */
export const builtInModels = join(earmarkFolder, "native-models", "demo");

/** Earmark's version, as its package says. */
export function earmarkVersion(): string {
  const told: unknown = JSON.parse(readFileSync(join(earmarkFolder, "package.json"), "utf8"));
  const version = typeof told === "object" && told !== null && "version" in told ? told.version : undefined;
  return typeof version === "string" ? version : "0";
}
