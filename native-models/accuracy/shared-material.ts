import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The development material beside the repository: recordings with what is true of them, and models. */
export const sharedMaterial = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** Whether it is there. */
export const sharedMaterialPresent = existsSync(`${sharedMaterial}models/demo-voice`) && existsSync(`${sharedMaterial}audio`);
