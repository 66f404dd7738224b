import { z } from "zod";
import { ruleKinds, ruleSchema, unknownKeys } from "../insight/rules.ts";

/*
 * Things that are told apart by the one name they hold (`said`, `category`, `order`), as rules are. A union of schemas would
 * answer a mistake in one of them with the mistakes of all; here the name chooses, and what is wrong is said of its place.
 */

/** The shapes of a thing that is told by a name. */
export interface Kinds {
  /** What it is called in the published schema. */
  readonly name: string;
  readonly kinds: Readonly<Record<string, z.ZodType>>;
  /** What else it may be, where none of the names is there. */
  readonly otherwise: z.ZodType | null;
}

const known = new Map<object, Kinds>([[ruleSchema, { name: "rule", kinds: ruleKinds, otherwise: null }]]);

/** The shapes behind a schema that `byKind` made, or of a rule; null of any other. The published schema is made of them. */
export function kindsOf(schema: object): Kinds | null {
  return known.get(schema) ?? null;
}

/**
 * A schema of things that are told by a name.
 *
 * @param what how a mistake calls it: "A condition".
 * @param otherwise reads what holds none of the names.
 */
export function byKind<T>(
  name: string,
  what: string,
  kinds: Readonly<Record<string, z.ZodType>>,
  otherwise: z.ZodType | null = null,
): z.ZodType<T, unknown> {
  const names = [...Object.keys(kinds), ...Object.keys((otherwise === null ? null : kindsOf(otherwise)?.kinds) ?? {})];
  const list = [...new Set(names)].join(", ");
  const schema: z.ZodType<T, unknown> = z.unknown().transform((value, context): T => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const named = isObject ? Object.keys(kinds).filter((key) => Object.hasOwn(value, key)) : [];
    if (named.length === 0 && otherwise === null) {
      context.addIssue({ code: "custom", message: `${what} names one of: ${list}.` });
      return z.NEVER;
    }
    if (named.length > 1) {
      context.addIssue({ code: "custom", message: `${what} names one thing. This one names ${named.join(" and ")}.` });
      return z.NEVER;
    }
    const parsed = (kinds[named[0] ?? ""] ?? otherwise)?.safeParse(value);
    if (parsed?.success === true) return parsed.data as T;
    for (const issue of parsed?.error.issues ?? []) {
      const { message, path } = issue;
      const said = issue.code === "unrecognized_keys" ? unknownKeys(issue.keys) : message;
      const params = issue.code === "custom" ? issue.params : undefined;
      context.addIssue({ code: "custom", path: [...path], message: said, ...(params === undefined ? {} : { params }) });
    }
    return z.NEVER;
  });
  known.set(schema, { name, kinds, otherwise });
  return schema;
}
