import type { Category } from "../insight/rules.ts";
import {
  createEvaluator,
  type Finding,
  type RuleInput,
  type RulePlace,
  type Searched,
  unjudgedText,
} from "../insight/rules-evaluate.ts";
import { asRule, type Criterion, type FigureCriterion, type JourneyCriterion, type OrderCriterion } from "./criterion.ts";
import { explainCriterion } from "./criterion-text.ts";
import type { FoundPlace } from "./evidence.ts";
import { type FormFigure, figureNameText, figureOf } from "./figures.ts";
import { journeyPlaces, type KnownJourney } from "./journey-criterion.ts";

/** What rules of a checklist read: a conversation, how its turns felt, and the categories that are known, by id. */
export interface AnswerInput extends RuleInput {
  readonly categories: ReadonlyMap<string, Category>;
  /** The other conversations of the customer; null while nobody has looked for them. Asked for by rules about them alone. */
  readonly journey?: () => KnownJourney | null;
}

/** What came of a criterion. Nothing is claimed where it could not be judged: `holds` is null, and `unjudged` says why. */
export interface CriterionFinding {
  readonly holds: boolean | null;
  readonly places: readonly FoundPlace[];
  readonly against: readonly FoundPlace[];
  readonly searched: readonly Searched[];
  readonly figures: readonly FormFigure[];
  /** For people, without a full stop. */
  readonly unjudged: readonly string[];
}

const nothing = { places: [], against: [], searched: [], figures: [], unjudged: [] } as const;

/** Prepares a conversation for any number of criteria. What comes back judges one, the same for the same input always. */
export function createJudge(input: AnswerInput): (criterion: Criterion) => CriterionFinding {
  const evaluate = createEvaluator(input);
  const judge = (criterion: Criterion): CriterionFinding => {
    const rule = asRule(criterion);
    if (rule !== null) return ofRule(evaluate(rule));
    if ("all" in criterion) return together(criterion.all.map(judge), false);
    if ("any" in criterion) return together(criterion.any.map(judge), true);
    if ("not" in criterion) return denied(judge(criterion.not), criterion.not, input);
    if ("category" in criterion) {
      const category = input.categories.get(criterion.category);
      if (category === undefined) return { ...nothing, holds: null, unjudged: [`there is no category '${criterion.category}'`] };
      if (category.kind !== null && category.kind !== input.conversation.kind) {
        return { ...nothing, holds: null, unjudged: [`the category '${criterion.category}' is for a ${category.kind}`] };
      }
      const found = ofRule(evaluate(category.rule));
      return criterion.is === "absent" ? denied(found, category.rule, input) : found;
    }
    if ("order" in criterion) return ofOrder(criterion, input, evaluate);
    if ("figure" in criterion) return ofFigure(criterion, input);
    if ("journey" in criterion) return ofJourney(criterion, input);
    return { ...nothing, holds: null, unjudged: ["this is not known here"] };
  };
  return judge;
}

function ofRule({ holds, places, against, searched, figures, unjudged }: Finding): CriterionFinding {
  return { holds, places, against, searched, figures, unjudged: unjudged.map(unjudgedText) };
}

/** Of several: where one decides, that one's evidence is told and not the others'. */
function together(findings: readonly CriterionFinding[], deciding: boolean): CriterionFinding {
  const decided = findings.filter(({ holds }) => holds === deciding);
  const told = decided.length > 0 ? decided : findings;
  const holds = decided.length > 0 ? deciding : findings.some((one) => one.holds === null) ? null : !deciding;
  return {
    holds,
    places: holds === true ? told.flatMap(({ places }) => places) : [],
    against: told.flatMap(({ against }) => against),
    searched: told.flatMap(({ searched }) => searched),
    figures: told.flatMap(({ figures }) => figures),
    unjudged: holds === null ? [...new Set(told.flatMap(({ unjudged }) => unjudged))] : [],
  };
}

function denied(finding: CriterionFinding, criterion: Criterion, input: AnswerInput): CriterionFinding {
  const { holds, places, against, searched, figures } = finding;
  if (holds === null) return finding;
  if (holds) return { ...finding, holds: false, places: [], against: places };
  const hasEvidence = searched.length > 0 || figures.length > 0;
  return {
    ...finding,
    holds: true,
    places: against,
    against: [],
    searched: hasEvidence ? searched : [everywhere(criterion, input)],
  };
}

function everywhere(criterion: Criterion, { conversation }: AnswerInput): Searched {
  const { turns, durationMs } = conversation;
  const words = turns.reduce((sum, turn) => sum + turn.words.length, 0);
  return { what: explainCriterion(criterion), role: null, startMs: 0, endMs: durationMs, words, turns: turns.length };
}

function ofOrder(
  { order }: OrderCriterion,
  { conversation }: AnswerInput,
  evaluate: (rule: OrderCriterion["order"]["first"]) => Finding,
): CriterionFinding {
  const first = evaluate(order.first);
  const before = evaluate(order.before);
  const unjudged = [...new Set([first, before].flatMap((one) => (one.holds === null ? one.unjudged : [])))].map(unjudgedText);
  if (unjudged.length > 0) return { ...nothing, holds: null, unjudged };
  const turnNumbers = new Map(conversation.turns.map(({ id }, index) => [id, index]));
  const isEarlier = (one: RulePlace, other: RulePlace): boolean =>
    one.startMs !== other.startMs
      ? one.startMs < other.startMs
      : (turnNumbers.get(one.turnId ?? "") ?? 0) !== (turnNumbers.get(other.turnId ?? "") ?? 0)
        ? (turnNumbers.get(one.turnId ?? "") ?? 0) < (turnNumbers.get(other.turnId ?? "") ?? 0)
        : (one.chars?.from ?? 0) < (other.chars?.from ?? 0);
  const earliest = (places: readonly RulePlace[]): RulePlace | null =>
    places.reduce<RulePlace | null>((least, one) => (least === null || isEarlier(one, least) ? one : least), null);
  const start = earliest(first.places);
  const early = before.places.filter((one) => start === null || isEarlier(one, start));
  if (early.length > 0) {
    return { ...nothing, holds: false, against: early, searched: start === null ? first.searched : [] };
  }
  const next = earliest(before.places);
  return { ...nothing, holds: true, places: [start, next].filter((one) => one !== null), searched: before.searched };
}

function ofFigure({ figure, by, atLeast, atMost }: FigureCriterion, input: AnswerInput): CriterionFinding {
  const found = figureOf(input, figure, by ?? null);
  if (found === null)
    return { ...nothing, holds: null, unjudged: [`${figureNameText(figure, by ?? null)} is not measured here`] };
  const holds = found.value >= (atLeast ?? Number.NEGATIVE_INFINITY) && found.value <= (atMost ?? Number.POSITIVE_INFINITY);
  return { ...nothing, holds, figures: [found] };
}

function ofJourney(criterion: JourneyCriterion, input: AnswerInput): CriterionFinding {
  const known = input.journey?.() ?? null;
  const found = known === null ? null : journeyPlaces(criterion, input.conversation, known);
  if (found === null) {
    return { ...nothing, holds: null, unjudged: ["the other conversations of this customer have not been looked for"] };
  }
  if (found.length === 0) return { ...nothing, holds: false, searched: [everywhere(criterion, input)] };
  return { ...nothing, holds: true, places: found };
}
