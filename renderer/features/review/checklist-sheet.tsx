import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { InnerSection, Section } from "../../../app/conformity/form.ts";
import { scoreText } from "../../../app/conformity/score-range.ts";
import type { EvaluationView, ShownEvidence } from "../../../app/contract/conformity-views.ts";
import type { Span } from "../../../app/conversation/conversation.ts";
import { call } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { chordLabel, useActions, useChords } from "../../ui/actions/index.ts";
import { tell } from "../../ui/notices.tsx";
import { useDeciding } from "./checklist-deciding.ts";
import { ChecklistField } from "./checklist-field.tsx";
import { HeardStretches } from "./checklist-heard.ts";
import { type Clip, ListenNext } from "./checklist-listen.tsx";
import type { ChecklistPanelProps } from "./checklist-panel.tsx";
import { ChecklistQuestion, type OpenField, useInView } from "./checklist-question.tsx";
import { type AskedQuestion, askedOf, isWaiting, plainAnswer, stepQuestion } from "./checklist-questions.ts";
import classes from "./checklist-score.module.css";
import { ScoreHead } from "./checklist-score.tsx";
import { composingIn, composingOn } from "./comments-anchor.ts";

/** Sound before and after words that are played as evidence, in milliseconds: so that they are heard coming. */
const aroundMs = 400;

/** Notes which stretches were played while this evaluation was open. */
function useHeard(evaluationId: string, player: ChecklistPanelProps["player"]): void {
  useEffect(() => {
    const heard = new HeardStretches((span: Span) => {
      // What could not be noted was heard all the same; the stretch stays among those to listen to.
      call("evaluation.heard", { id: evaluationId, span }).catch(() => undefined);
    });
    const hear = (ms: number) => {
      const { playing, rate } = player.state();
      heard.at(ms, { playing, rate, now: performance.now() });
    };
    const stopTicks = player.onTick(hear);
    const stopStates = player.subscribe(() => hear(player.positionMs));
    return () => {
      stopTicks();
      stopStates();
      heard.end();
    };
  }, [evaluationId, player]);
}

/** One evaluation: its score, what to listen to, its questions by sections; every key of the checklist acts here. */
export function ChecklistSheet({
  view,
  conversation,
  checklist,
  player,
  target,
  goTo,
}: ChecklistPanelProps & { view: EvaluationView }) {
  const { t } = useTranslation();
  const { evaluation, score } = view;
  const deciding = useDeciding(evaluation.id);
  const questions = askedOf(view);
  const shown = questions.filter(({ judged }) => judged.state !== "not-asked");
  const current = shown.find(({ question }) => question.id === checklist.current);
  const stop = current ?? shown.find(({ judged }) => isWaiting(judged.state)) ?? shown[0];
  const locked = evaluation.stage === "submitted";
  const machineOnly = checklist.lines?.find(({ id }) => id === evaluation.id)?.machineOnly ?? false;
  const [field, setField] = useState<{ questionId: string; open: OpenField } | null>(null);
  const [showsInstructions, setShowsInstructions] = useState(false);
  const [playing, setPlaying] = useState<number | null>(null);
  const played = useRef<{ questionId: string; index: number }>({ questionId: "", index: -1 });
  const begun = useRef(new Set<number>());
  useHeard(evaluation.id, player);
  useInView(current?.question.id ?? stop?.question.id ?? null, checklist);

  const go = (to: AskedQuestion | undefined) => {
    if (to !== undefined) checklist.open(to.question.id);
  };
  const playEvidence = ({ startMs, endMs, turnId, wordIds }: ShownEvidence) => {
    goTo({ startMs, turnIds: turnId === null ? [] : [turnId], wordIds });
    if (conversation.kind === "call") player.playSpan(Math.max(0, startMs - aroundMs), endMs + aroundMs);
  };
  const playNext = () => {
    if (stop === undefined) return;
    const { evidence } = stop.judged;
    const { id } = stop.question;
    if (evidence.length === 0) {
      const clip = view.listenNext.find(({ questionIds }) => questionIds.includes(id));
      if (clip === undefined) player.toggle();
      else playClip(clip, false);
      return;
    }
    // The same key stops what is being played, and plays the next place afterwards.
    if (player.state().playing) {
      player.toggle();
      return;
    }
    const index = played.current.questionId === id ? (played.current.index + 1) % evidence.length : 0;
    played.current = { questionId: id, index };
    const one = evidence[index];
    if (one !== undefined) playEvidence(one);
  };
  const playClip = (clip: Clip, moves: boolean) => {
    begun.current.add(clip.startMs);
    setPlaying(clip.startMs);
    const turn = conversation.turns.find(({ endMs, startMs }) => endMs > clip.startMs && startMs < clip.endMs);
    goTo({ startMs: clip.startMs, turnIds: turn === undefined ? [] : [turn.id], wordIds: [] });
    if (conversation.kind === "call") player.playSpan(clip.startMs, clip.endMs);
    if (moves) go(shown.find(({ question }) => question.id === clip.questionIds[0]));
  };
  const listenNext = () => {
    const next = view.listenNext.find(({ startMs }) => !begun.current.has(startMs)) ?? view.listenNext[0];
    if (next === undefined) tell(t("checklist.listen.nothing"));
    else playClip(next, true);
  };
  const attach = () => {
    if (stop === undefined) return;
    const stands = target();
    const { selection } = player.state();
    const on =
      stands?.chosen === true
        ? composingOn(stands)
        : selection !== null
          ? composingIn(selection)
          : stands !== undefined && stands.words.length > 0
            ? composingOn(stands)
            : null;
    if (on?.anchor == null) {
      tell(t("checklist.attachNothing"));
      return;
    }
    const { number } = stop.judged;
    // What waits for an answer is told beside the question.
    if (deciding.attach(stop, on.anchor)) tell(t("checklist.attached", { number }));
  };
  const accept = () => {
    if (stop === undefined) return;
    const { decision, suggestion } = stop.judged.answer;
    if (decision === null && suggestion?.value != null) void deciding.answer(stop, suggestion.value);
    else if (isWaiting(stop.judged.state) && isWritten(stop)) write("value");
    else go(stepQuestion(questions, stop.question.id, 1, "waiting"));
  };
  const say = (said: "yes" | "no" | "not-applicable") => {
    const value = stop === undefined ? null : plainAnswer(stop.question, said);
    if (stop !== undefined && value !== null) void deciding.answer(stop, value);
  };
  const write = (open: OpenField) => {
    if (stop === undefined) return;
    checklist.setCurrent(stop.question.id);
    setField({ questionId: stop.question.id, open });
  };
  // A key that cannot do its work here is not left to the page, where it does something else.
  const unlocked = (run: () => void) => (locked ? () => tell(t("checklist.locked")) : run);
  useActions({
    "checklist.next": () => go(current === undefined ? stop : stepQuestion(questions, current.question.id, 1, "asked")),
    "checklist.previous": () => go(stepQuestion(questions, current?.question.id ?? null, -1, "asked")),
    "checklist.nextWaiting": () => go(stepQuestion(questions, current?.question.id ?? null, 1, "waiting")),
    "checklist.previousWaiting": () => go(stepQuestion(questions, current?.question.id ?? null, -1, "waiting")),
    "checklist.yes": unlocked(() => say("yes")),
    "checklist.no": unlocked(() => say("no")),
    "checklist.notApplicable": unlocked(() => say("not-applicable")),
    "checklist.write": unlocked(() => {
      if (stop !== undefined && isWritten(stop)) write("value");
    }),
    "checklist.accept": unlocked(accept),
    "checklist.stillSo": unlocked(() => {
      const value = stop?.judged.answer.decision?.value;
      if (stop !== undefined && value !== undefined) void deciding.answer(stop, value);
    }),
    "checklist.reason": unlocked(() => {
      if (stop?.judged.answer.decision != null) write("reason");
    }),
    "checklist.comment": unlocked(() => write("comment")),
    "checklist.play": playNext,
    "checklist.attach": unlocked(attach),
    "checklist.listenNext": listenNext,
    "checklist.instructions": () => setShowsInstructions(!showsInstructions),
    "checklist.withdraw": unlocked(() => {
      if (stop !== undefined) deciding.withdraw(stop);
    }),
    "checklist.undo": unlocked(() => {
      const questionId = deciding.undo();
      const of = questions.find(({ question }) => question.id === questionId);
      if (of === undefined) tell(t("checklist.nothingToUndo"));
      else {
        tell(t("checklist.undone", { number: of.judged.number }));
        go(of);
      }
    }),
    "checklist.submit": unlocked(deciding.submit),
    "checklist.reopen": locked ? deciding.reopen : undefined,
  });

  const sectionOf = (section: Section | InnerSection, inner: boolean) => {
    const own = questions.filter(({ judged }) => judged.sectionIds.at(-1) === section.id);
    const asked = own.filter(({ judged }) => judged.state !== "not-asked");
    const unasked = own.filter(({ judged }) => judged.state === "not-asked");
    const of = score.sections.find(({ sectionId }) => sectionId === section.id);
    const Title = inner ? "h3" : "h2";
    return (
      <section key={section.id} className={classes["section"]} data-inner={inner || undefined}>
        <header>
          <Title>{section.title}</Title>
          <span className={classes["sectionScore"]} data-failed={(of?.failedBy.length ?? 0) > 0 || undefined}>
            {of === undefined || of.percent === null
              ? t("checklist.sectionUnscored")
              : t("checklist.sectionScore", { percent: scoreText(of.percent) })}
            {of?.band != null && ` ${of.band}`}
          </span>
        </header>
        {section.instructions !== "" && (
          <details className={classes["instructions"]}>
            <summary>{t("checklist.instructions")}</summary>
            <p>{section.instructions}</p>
          </details>
        )}
        {asked.map((one) => {
          const { id } = one.question;
          return (
            <ChecklistQuestion
              key={id}
              conversationId={conversation.id}
              evaluationId={evaluation.id}
              asked={one}
              isCurrent={one === current}
              isStop={one === stop}
              locked={locked}
              failsIt={score.questions.some(({ questionId, fails }) => questionId === id && fails !== null)}
              isWriting={view.writing.includes(id)}
              deciding={deciding}
              field={field?.questionId === id ? field.open : null}
              setField={(open) => setField(open === null ? null : { questionId: id, open })}
              showsInstructions={showsInstructions}
              setShowsInstructions={setShowsInstructions}
              stand={checklist.setCurrent}
              play={playEvidence}
              attach={attach}
            />
          );
        })}
        {"sections" in section && section.sections.map((each) => sectionOf(each, true))}
        {unasked.length > 0 && (
          <details className={classes["notAsked"]}>
            <summary>{t("checklist.notAsked", { count: unasked.length })}</summary>
            <ul>
              {unasked.map(({ question, judged }) => (
                <li key={question.id}>
                  {judged.number}. {question.ask}
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
    );
  };

  return (
    <div>
      <ScoreHead
        view={view}
        questions={questions}
        machineOnly={machineOnly}
        deciding={deciding}
        open={(id) => checklist.open(id)}
      />
      {!locked && <ListenNext view={view} questions={questions} playing={playing} play={(clip) => playClip(clip, false)} />}
      {evaluation.form.instructions !== "" && (
        <details className={classes["instructions"]}>
          <summary>{t("checklist.instructions")}</summary>
          <p>{evaluation.form.instructions}</p>
        </details>
      )}
      {evaluation.form.sections.map((section) => sectionOf(section, false))}
      <CommentOnAll view={view} locked={locked} save={(text) => deciding.comment(null, text)} />
      <Hint />
      <p className={classes["quiet"]}>{evaluation.form.notice}</p>
    </div>
  );
}

function isWritten({ question: { type } }: AskedQuestion): boolean {
  return type === "numeric" || type === "text" || type === "date";
}

function CommentOnAll({
  view: { evaluation },
  locked,
  save,
}: {
  view: EvaluationView;
  locked: boolean;
  save: (text: string) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div className={classes["whole"]}>
      {evaluation.comment !== null && !open && <p>{evaluation.comment}</p>}
      {!locked &&
        (open ? (
          <ChecklistField
            conversationId={evaluation.conversationId}
            place={`checklist:${evaluation.id}:comment`}
            label={t("checklist.commentOfAll")}
            initial={evaluation.comment ?? ""}
            save={save}
            close={() => setOpen(false)}
          />
        ) : (
          <Button size="compact-xs" variant="subtle" onClick={() => setOpen(true)}>
            {t("checklist.commentAllWrite")}
          </Button>
        ))}
    </div>
  );
}

/** Which key leads here, and which shows the others. */
function Hint() {
  const { t } = useTranslation();
  const [goKey = ""] = useChords("checklist.go");
  const [keysKey = ""] = useChords("app.keys");
  if (goKey === "" || keysKey === "") return null;
  return (
    <p className={classes["quiet"]}>
      {t("checklist.hint", { go: chordLabel(goKey).join("+"), keys: chordLabel(keysKey).join("+") })}
    </p>
  );
}
