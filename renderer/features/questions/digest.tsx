import type { CallInput } from "../../../app/contract/api.ts";
import type { QuestionView } from "../../../app/contract/question-views.ts";
import { useTranslation } from "../../text/index.ts";
import { count as counted, percent } from "../../ui/time.ts";
import { countSingles, topGroups, useGroupName } from "./question-words.ts";
import classes from "./questions.module.css";

/** Which answers are shown. */
export type Chosen = NonNullable<CallInput<"question.answers">["of"]>;

/** Groups of equal answers that are listed. */
const mostListed = 30;

interface Line {
  readonly name: string;
  readonly count: number;
  /** Null: cannot be chosen. */
  readonly of: Chosen | null;
  readonly loud?: true;
}

/** How many answered what; each line chooses its conversations. */
export function Digest({ question, chosen, choose }: { question: QuestionView; chosen: Chosen; choose: (of: Chosen) => void }) {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const { conversations, states, stale, failures } = question;
  const unanswered = states.failed + states.interrupted + states.cancelled;
  const singles = countSingles(question);
  const lines: Line[] = [
    { name: t("questions.groups.all"), count: conversations, of: { state: "all" } },
    ...topGroups(question, mostListed).map(
      ({ key, said, count }): Line => ({ name: nameOf(key, said), count, of: { group: key } }),
    ),
    ...(singles === 0 ? [] : [{ name: t("questions.groups.single", { count: singles }), count: singles, of: null }]),
    ...(unanswered === 0
      ? []
      : [{ name: t("questions.groups.unanswered"), count: unanswered, of: { state: "unanswered" } } as const]),
    ...(stale === 0 ? [] : [{ name: t("questions.groups.stale"), count: stale, of: { state: "stale" }, loud: true } as const]),
    ...(question.underWay
      ? [{ name: t("questions.groups.waiting"), count: states.waiting + states.running, of: { state: "waiting" } } as const]
      : []),
  ];
  return (
    <section aria-labelledby="digest">
      <h2 id="digest">{t("questions.digest")}</h2>
      <p className={classes["small"]}>{t("questions.digestNote")}</p>
      <ul className={classes["digest"]} data-testid="digest">
        {lines.map((line) => (
          <li key={`${line.name} ${JSON.stringify(line.of)}`}>
            <DigestLine line={line} all={conversations} chosen={chosen} choose={choose} />
          </li>
        ))}
      </ul>
      {failures.length > 0 && (
        <>
          <p className={classes["small"]}>{t("questions.reasons")}</p>
          <ul className={classes["reasons"]}>
            {failures.map(({ code, count }) => (
              <li key={code}>
                {counted(count)} · {t(`errors.${code}.title`)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function DigestLine({ line, all, chosen, choose }: { line: Line; all: number; chosen: Chosen; choose: (of: Chosen) => void }) {
  const { t } = useTranslation();
  const { name, count, of } = line;
  const share = count / Math.max(1, all);
  const inside = (
    <>
      <span className={classes["digestName"]}>{name}</span>
      <span className={classes["digestCount"]}>
        {t("questions.shareOf", { count: counted(count) as unknown as number, share: percent(share) })}
      </span>
      <span className={classes["digestBar"]} aria-hidden="true">
        <span style={{ width: `${100 * share}%` }} />
      </span>
    </>
  );
  if (of === null) return <div className={classes["digestLine"]}>{inside}</div>;
  return (
    <button
      type="button"
      className={classes["digestLine"]}
      data-loud={line.loud}
      aria-pressed={JSON.stringify(of) === JSON.stringify(chosen)}
      onClick={() => choose(of)}
    >
      {inside}
    </button>
  );
}
