import { copyFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { EarmarkError } from "../../app/contract/errors.ts";

/** Copies a file that Earmark made to where a person wants it, making the folder. Rejects with `input-invalid` where that cannot be. */
export async function copyOut(from: string, out: string): Promise<void> {
  try {
    await mkdir(dirname(out), { recursive: true });
    await copyFile(from, out);
  } catch (thrown) {
    const systemCode = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (systemCode === "ENOSPC") throw thrown;
    throw new EarmarkError("input-invalid", `The file ${out} cannot be written.`, {}, { cause: thrown });
  }
}
