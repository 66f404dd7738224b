import type { Rule } from "./rules.ts";

/** A rule and every rule within it, the outer before the inner. */
export function* rulesWithin(rule: Rule): Generator<Rule> {
  yield rule;
  const inner =
    "all" in rule ? rule.all : "any" in rule ? rule.any : "not" in rule ? [rule.not] : "sequence" in rule ? rule.sequence : [];
  for (const one of inner) yield* rulesWithin(one);
}
