import type { MeasureName, RangePlace, Rule, RuleRange } from "./rules.ts";

/** A rule as a sentence for people, without a full stop: "the agent says “thank you” in the first 30 s". */
export function explainRule(rule: Rule): string {
  return said(rule, false);
}

function said(rule: Rule, inner: boolean): string {
  const group = (rules: readonly Rule[], word: string): string => {
    const text = rules.map((one) => said(one, true)).join(` ${word} `);
    return inner && rules.length > 1 ? `(${text})` : text;
  };
  if ("all" in rule) return group(rule.all, "and");
  if ("any" in rule) return group(rule.any, "or");
  if ("not" in rule) return `it is not so that ${said(rule.not, true)}`;
  const isNot = rule.negate === true;
  const { negate: _, ...plain } = rule;
  const text = condition(plain);
  return isNot ? `it is not so that ${text}` : text;
}

function condition(rule: Exclude<Rule, { all: unknown } | { any: unknown } | { not: unknown }>): string {
  if ("said" in rule) {
    const who = rule.by === undefined ? "somebody" : `the ${rule.by}`;
    const how =
      rule.match === "near"
        ? " (or nearly so: other forms, up to 2 words between)"
        : rule.inflected === true
          ? " (in any form)"
          : "";
    return `${who} says ${oneOf(rule.said)}${how}${times(rule.atLeast)}${where(rule.in)}`;
  }
  if ("pattern" in rule) {
    const who = rule.by === undefined ? "somebody" : `the ${rule.by}`;
    return `${who} says what fits /${rule.pattern}/${times(rule.atLeast)}${where(rule.in)}`;
  }
  if ("masked" in rule) {
    const what = rule.masked.length === 0 ? "something" : rule.masked.join(" or ");
    return `${what} is masked${rule.by === undefined ? "" : ` in what the ${rule.by} says`}${times(rule.atLeast)}${where(rule.in)}`;
  }
  if ("silence" in rule) return `nobody speaks for ${time(rule.silence)} or more${where(rule.in)}`;
  if ("interruption" in rule) {
    const who = rule.by === undefined ? "somebody" : `the ${rule.by}`;
    return `${who} interrupts${rule.interruption > 0 ? `, for ${time(rule.interruption)} or more altogether` : ""}${where(rule.in)}`;
  }
  if ("measure" in rule) {
    const bound = [
      rule.above === undefined ? "" : `above ${figure(rule.measure, rule.above)}`,
      rule.below === undefined ? "" : `below ${figure(rule.measure, rule.below)}`,
    ];
    const whose = rule.by === undefined ? "" : ` of the ${rule.by}`;
    return `${measureTexts[rule.measure]}${whose} is ${bound.filter((one) => one !== "").join(" and ")}`;
  }
  if ("sequence" in rule) {
    const steps = rule.sequence.map((step) => ("not" in step ? `without that ${said(step.not, true)}` : said(step, true)));
    const near = [
      rule.within === undefined ? "" : `within ${time(rule.within)}`,
      rule.withinTurns === undefined ? "" : `within ${rule.withinTurns} turns`,
    ].filter((one) => one !== "");
    const text = steps.join(rule.anyOrder === true ? " near to where " : " and then ");
    return `${text}${near.length === 0 ? "" : `, each ${near.join(" and ")} of the one before`}${where(rule.in)}`;
  }
  const who = rule.by === undefined ? "a turn" : `a turn of the ${rule.by}`;
  const quarter = rule.quarter === undefined ? "" : ` in quarter ${rule.quarter}`;
  const label = rule.sentiment === undefined ? "" : `${who} is ${rule.sentiment.join(" or ")}${times(rule.atLeast)}`;
  const score =
    rule.score === undefined
      ? ""
      : `the mean score${rule.by === undefined ? "" : ` of the ${rule.by}`} is ${between(rule.score)}`;
  return `${[label, score].filter((one) => one !== "").join(" and ")}${quarter}${where(rule.in)}`;
}

/** What measures are called in a sentence. */
export const measureTexts: Readonly<Record<MeasureName, string>> = {
  duration: "the length",
  turns: "the number of turns",
  words: "the number of words",
  talkShare: "the share of talk",
  talkTime: "the time of talk",
  wordsPerMinute: "the words a minute",
  longestTurn: "the longest turn",
  interruptions: "the number of interruptions",
  silences: "the number of silences of 3 s or more",
  longestSilence: "the longest silence",
  nonTalkShare: "the share of silence",
  overlap: "the time of talking at once",
  longestWaitForReply: "the longest wait for a reply",
};

/** Measures that are shares, from 0 to 1. */
export const shareMeasures: ReadonlySet<MeasureName> = new Set(["talkShare", "nonTalkShare"]);
/** Measures that are lengths of time, in milliseconds. */
export const timeMeasures: ReadonlySet<MeasureName> = new Set([
  "duration",
  "talkTime",
  "longestTurn",
  "longestSilence",
  "overlap",
  "longestWaitForReply",
]);

/** A figure as people write it: "65%", "12 s", "4". */
export function figure(name: MeasureName, value: number): string {
  if (shareMeasures.has(name)) return `${Math.round(value * 1_000) / 10}%`;
  return timeMeasures.has(name) ? time(value) : String(Math.round(value * 10) / 10);
}

function between({ above, below }: { above?: number | undefined; below?: number | undefined }): string {
  return [above === undefined ? "" : `above ${above}`, below === undefined ? "" : `below ${below}`]
    .filter((one) => one !== "")
    .join(" and ");
}

function oneOf(phrases: readonly string[]): string {
  const shown = phrases.slice(0, 4).map((phrase) => `“${phrase}”`);
  const more = phrases.length - shown.length;
  if (more > 0) return `one of ${phrases.length} phrases such as ${shown.join(", ")}`;
  return shown.length === 1 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

function times(atLeast: number | undefined): string {
  return atLeast === undefined || atLeast === 1 ? "" : ` at least ${atLeast} times`;
}

function where(range: RuleRange | undefined): string {
  if (range === undefined) return "";
  if (range.first !== undefined) return ` in the first ${place(range.first)}`;
  if (range.last !== undefined) return ` in the last ${place(range.last)}`;
  if (range.from !== undefined && range.to !== undefined) return ` between ${place(range.from)} and ${place(range.to)}`;
  if (range.from !== undefined) return ` after ${place(range.from)}`;
  return range.to === undefined ? "" : ` before ${place(range.to)}`;
}

function place(at: RangePlace): string {
  return typeof at === "number" ? time(at) : at;
}

function time(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 100) / 10;
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`;
}
