import { Fragment } from "react";
import type { InnerSection, Section } from "../../../app/conformity/form.ts";
import { questionsOf } from "../../../app/conformity/form-questions.ts";
import { scoreText } from "../../../app/conformity/score-range.ts";
import type { EvaluationView, JudgedQuestionView } from "../../../app/contract/conformity-views.ts";
import { useTranslation } from "../../text/index.ts";
import classes from "./preview.module.css";
import { PreviewQuestion } from "./preview-question.tsx";

/** A whole checklist as a reviewer sees it: what the rules' answers come to, and every question with what it rests on. */
export function PreviewSheet({ view, conversationId, title }: { view: EvaluationView; conversationId: string; title: string }) {
  const { t } = useTranslation();
  const { evaluation, score, range } = view;
  const { percent } = score.overall;
  const judged = new Map(view.questions.map((one) => [one.questionId, one]));
  return (
    <article className={classes["sheet"]} aria-label={evaluation.form.title}>
      <header>
        <p className={classes["score"]}>
          <strong data-testid="preview-score">
            {percent === null ? t("checklists.preview.notScored") : t("checklist.percent", { percent: scoreText(percent) })}
          </strong>
          {score.band !== null && <span>{score.band}</span>}
          {score.passed !== null && <span>{t(score.passed ? "checklist.passed" : "checklist.notPassed")}</span>}
          {range.lowest !== null && range.highest !== null && range.lowest !== range.highest && (
            <span>{t("checklist.range", { lowest: scoreText(range.lowest), highest: scoreText(range.highest) })}</span>
          )}
          <small>{t("checklists.preview.by")}</small>
        </p>
        {percent !== null && range.lowest !== range.highest && <p className={classes["quiet"]}>{range.sentence}</p>}
      </header>
      {evaluation.form.sections.map((section) => (
        <Fragment key={section.id}>
          <PreviewSection section={section} level={2} {...{ view, judged, conversationId, title }} />
          {section.sections.map((inner) => (
            <PreviewSection key={inner.id} section={inner} level={3} {...{ view, judged, conversationId, title }} />
          ))}
        </Fragment>
      ))}
    </article>
  );
}

function PreviewSection({
  section,
  level,
  view,
  judged,
  conversationId,
  title,
}: {
  section: Section | InnerSection;
  level: 2 | 3;
  view: EvaluationView;
  judged: ReadonlyMap<string, JudgedQuestionView>;
  conversationId: string;
  title: string;
}) {
  const { t } = useTranslation();
  const score = view.score.sections.find(({ sectionId }) => sectionId === section.id)?.percent ?? null;
  const Heading = level === 2 ? "h2" : "h3";
  const placed = questionsOf(view.evaluation.form).filter(({ sectionIds }) => sectionIds.at(-1) === section.id);
  return (
    <section className={classes["section"]} data-inner={level === 3 || undefined}>
      <header>
        <Heading>{section.title}</Heading>
        <span className="numeric">
          {score === null ? t("checklist.sectionUnscored") : t("checklist.sectionScore", { percent: scoreText(score) })}
        </span>
      </header>
      {section.instructions !== "" && <p className={classes["quiet"]}>{section.instructions}</p>}
      <ol>
        {placed.map(({ question, kind }) => {
          const known = judged.get(question.id);
          return (
            known !== undefined && (
              <PreviewQuestion
                key={question.id}
                question={question}
                kind={kind}
                judged={known}
                conversationId={conversationId}
                title={title}
              />
            )
          );
        })}
      </ol>
    </section>
  );
}
