import { bucketPlanSchema, folderPlanSchema, type WatchedPlan, watchedPlanSchema } from "../../../app/contract/intake-views.ts";

/** A folder before anything is said of it. */
export function newFolder(): WatchedPlan {
  return { ...folderPlanSchema.omit({ path: true }).parse({ kind: "folder" }), path: "" };
}

/** A bucket before anything is said of it. */
export function newBucket(): WatchedPlan {
  return { ...bucketPlanSchema.omit({ bucket: true }).parse({ kind: "bucket" }), bucket: "" };
}

/** The patterns that a person has written with commas in between. Commas within braces belong to their pattern. */
export function patternsIn(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/u)
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}

/** The plan as it can be saved; else the names of the fields that cannot be used. */
export function checkedPlan(plan: WatchedPlan): { readonly plan: WatchedPlan } | { readonly faults: readonly string[] } {
  const parsed = watchedPlanSchema.safeParse(plan);
  if (parsed.success) return { plan: parsed.data };
  return { faults: [...new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? "kind")))] };
}
