import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const electronPackage = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules", "electron");

/** The Electron program when its binary has been downloaded, else null. Importing the package would start the download. */
export function electronBinary(): string | null {
  const pathFile = join(electronPackage, "path.txt");
  if (!existsSync(pathFile)) return null;
  const binary = join(electronPackage, "dist", readFileSync(pathFile, "utf8").trim());
  return existsSync(binary) ? binary : null;
}
