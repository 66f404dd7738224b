import { open } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { assertNever } from "../../app/assert-never.ts";
import { EarmarkError } from "../../app/contract/errors.ts";
import {
  longestTerm,
  mostSounds,
  mostTerms,
  readVocabulary,
  type Vocabulary,
  type VocabularyFault,
} from "../../app/conversation/vocabulary.ts";

/** Largest file of terms that is read: far more than there can be terms. */
const largestBytes = 4 * 1024 * 1024;

/**
 * Reads a vocabulary from a file. Throws `file-missing`, `file-unreadable`, `file-too-large`, or `input-invalid` with the
 * first line that cannot be used and what is wrong with it: a list of names that is half taken is found out too late.
 */
export async function readVocabularyFile(path: string): Promise<Vocabulary> {
  const name = basename(path);
  const { vocabulary, problems } = readVocabulary(await textOf(resolve(path), name));
  const [first] = problems;
  if (first === undefined) return vocabulary;
  const more = problems.length > 1 ? ` So cannot ${problems.length - 1} more.` : "";
  throw new EarmarkError(
    "input-invalid",
    `Line ${first.line} of ${name} cannot be used: ${whatIsWrong(first.fault)}.${more} Each line is a term, or a term, a comma and what it sounds like with | in between, or "heard => written".`,
    { name, line: first.line, fault: first.fault, problems: problems.length },
  );
}

async function textOf(path: string, name: string): Promise<string> {
  const file = await open(path, "r").catch((cause: unknown) => {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new EarmarkError(missing ? "file-missing" : "file-unreadable", `${name} cannot be opened.`, { name }, { cause });
  });
  try {
    const facts = await file.stat();
    if (facts.isDirectory()) throw new EarmarkError("file-unreadable", `${name} is a folder.`, { name });
    if (facts.size > largestBytes)
      throw new EarmarkError("file-too-large", `${name} is too large.`, { name, limit: largestBytes });
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

function whatIsWrong(fault: VocabularyFault): string {
  switch (fault) {
    case "no-term":
      return "a term is missing";
    case "too-long":
      return `a term has more than ${longestTerm} letters`;
    case "too-many-sounds":
      return `a term has more than ${mostSounds} sound-alikes`;
    case "too-many-columns":
      return "it has more than two columns";
    case "open-quote":
      return "a quote is not closed";
    case "too-many-lines":
      return `there are more than ${mostTerms} terms`;
    default:
      return assertNever(fault);
  }
}
