import { explainRule } from "../insight/rules-explain.ts";
import { asRule, type Criterion, type JourneyCriterion } from "./criterion.ts";
import { figureNameText, figureText } from "./figures.ts";

/** A criterion as a sentence for people, without a full stop: "the agent says “thank you” in the first 30 s". */
export function explainCriterion(criterion: Criterion): string {
  return said(criterion, false);
}

function said(criterion: Criterion, inner: boolean): string {
  const group = (list: readonly Criterion[], word: string): string => {
    const text = list.map((one) => said(one, true)).join(` ${word} `);
    return inner && list.length > 1 ? `(${text})` : text;
  };
  const rule = asRule(criterion);
  if (rule !== null) return explainRule(rule);
  if ("all" in criterion) return group(criterion.all, "and");
  if ("any" in criterion) return group(criterion.any, "or");
  if ("not" in criterion) return `it is not so that ${said(criterion.not, true)}`;
  if ("category" in criterion) return `the category '${criterion.category}' is ${criterion.is ?? "present"}`;
  if ("order" in criterion) {
    return `${explainRule(criterion.order.first)} before ${explainRule(criterion.order.before)}`;
  }
  if ("figure" in criterion) {
    const { figure, by, atLeast, atMost } = criterion;
    const name = figureNameText(figure, by ?? null);
    if (atLeast !== undefined && atMost !== undefined) {
      return `${name} is between ${figureText(figure, atLeast)} and ${figureText(figure, atMost)}`;
    }
    const [word, bound] = atLeast === undefined ? ["at most", atMost ?? 0] : ["at least", atLeast];
    return `${name} is ${word} ${figureText(figure, bound)}`;
  }
  if ("journey" in criterion) return journeyText(criterion);
  return "";
}

const otherNames = { voice: "call", chat: "chat", sms: "exchange of text messages", bot: "session with a bot" } as const;
const otherConversation = ({ of, withinDays }: JourneyCriterion): string =>
  `an earlier ${of === undefined ? "conversation" : otherNames[of]}${withinDays === undefined ? "" : ` of the last ${withinDays} days`}`;

function journeyText(criterion: JourneyCriterion): string {
  const other = otherConversation(criterion);
  switch (criterion.journey) {
    case "earlier-conversation":
      return `the customer had ${other}`;
    case "handed-over":
      return `${other} was handed over to this one`;
    case "asked-again":
      return `the customer is asked again for what ${other} knew`;
    case "reason-again":
      return `it is about what ${other} was about`;
    case "promise-broken":
      return `a promise of ${other} was not kept`;
    case "promise-kept":
      return `a promise of ${other} was kept`;
  }
}
