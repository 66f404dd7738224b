import { z } from "zod";
import { enginePreferenceSchema } from "./engine-choice.ts";
import { separationSchema } from "./speech.ts";
import { vocabularySchema } from "./vocabulary.ts";

/** What a person wants of imports beyond the settings; what is absent follows them. */
export const importOptionsSchema = z.object({
  /** The language spoken, or those that may be. */
  languages: z.array(z.string().min(2).max(35)).max(20).readonly().optional(),
  separation: separationSchema.optional(),
  /** Voices in a mono recording. */
  speakers: z.int().min(1).max(20).optional(),
  translate: z.boolean().optional(),
  beams: z.int().min(1).max(8).optional(),
  /** Where it is heard. */
  engine: enginePreferenceSchema.optional(),
  /** Terms and replacements beside the library's own. */
  vocabulary: vocabularySchema.optional(),
});
/** What a person wants of imports beyond the settings. */
export type ImportOptions = Readonly<z.infer<typeof importOptionsSchema>>;

/** How many things are asked for. */
export function countOf(options: ImportOptions): number {
  return Object.values(options).filter((value) => value !== undefined).length;
}

/** The options as `import.begin` takes them: one language is that one, several are those that may be spoken. */
export function importWishes({ languages = [], ...others }: ImportOptions) {
  const [first] = languages;
  const language =
    first === undefined ? {} : languages.length === 1 ? { language: first } : { language: "auto", languages: [...languages] };
  return { ...others, ...language };
}
