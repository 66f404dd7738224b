import { Button, Tabs } from "@mantine/core";
import { IconArrowBackUp, IconArrowsExchange } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { Participant, Span } from "../../../app/conversation/conversation.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, count, moment, percent, size, span } from "../../ui/time.ts";
import classes from "./panel.module.css";
import { isSwappable, SpeakerMenu } from "./speaker-menu.tsx";
import type { Voice } from "./voices.ts";

interface PanelProps {
  view: ConversationView;
  voices: ReadonlyMap<string, Voice>;
  jump: (ms: number) => void;
  correct: (operation: Operation) => void;
  undo: () => void;
}

/** Figures and facts of a conversation, beside its transcript. */
export function Panel(props: PanelProps) {
  const { t } = useTranslation();
  return (
    <aside className={classes["panel"]} aria-label={t("review.panel")}>
      <Tabs defaultValue="figures" keepMounted={false} className={classes["tabs"] ?? ""}>
        <Tabs.List>
          <Tabs.Tab value="figures">{t("review.figures")}</Tabs.Tab>
          <Tabs.Tab value="details">{t("review.details")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="figures" className={classes["scroll"] ?? ""} tabIndex={0}>
          <Who {...props} />
          <Figures {...props} />
        </Tabs.Panel>
        <Tabs.Panel value="details" className={classes["scroll"] ?? ""} tabIndex={0}>
          <Details {...props} />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes["section"]}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who is who, how sure that is, and the ways to put it right. */
function Who({ view, voices, correct, undo }: PanelProps) {
  const { t } = useTranslation();
  const { participants } = view.conversation;
  const canSwap = isSwappable(view.conversation);
  if (participants.length === 0) return null;
  const origin = (participant: Participant) =>
    participant.roleConfidence === null
      ? t(participant.role === "other" ? "review.roleUnknown" : "review.roleGiven")
      : t("review.roleGuess", { percent: percent(participant.roleConfidence) });
  return (
    <Section title={t("review.who")}>
      <ul className={classes["people"]}>
        {[...voices.values()].map((voice) => (
          <li key={voice.id} data-voice={voice.hue}>
            <SpeakerMenu voice={voice} canSwap={canSwap} correct={correct} />
            <span className={classes["origin"]} data-guess={voice.participant.roleConfidence !== null || undefined}>
              {voice.role !== null && `${voice.role}. `}
              {origin(voice.participant)}
            </span>
          </li>
        ))}
      </ul>
      <div className={classes["buttons"]}>
        {canSwap && (
          <Button
            variant="default"
            leftSection={<IconArrowsExchange size={14} aria-hidden="true" />}
            onClick={() => correct({ kind: "swap-roles" })}
          >
            {t("review.swap")}
          </Button>
        )}
        {view.operations.length > 0 && (
          <Button variant="subtle" leftSection={<IconArrowBackUp size={14} aria-hidden="true" />} onClick={undo}>
            {t("review.undo")}
          </Button>
        )}
      </div>
      {view.operations.length > 0 && (
        <p className={classes["quiet"]}>{t("review.corrections", { count: view.operations.length })}</p>
      )}
    </Section>
  );
}

function Figures({ view, voices, jump }: PanelProps) {
  const { t } = useTranslation();
  const { measures, kind, durationMs } = view.conversation;
  const ofCall = (ms: number) => (durationMs > 0 ? t("review.ofCall", { percent: percent(ms / durationMs) }) : "");
  const speaking = measures.participants.filter((each) => each.turns > 0);
  const nameOf = (id: string) => voices.get(id)?.name ?? t("role.other");
  return (
    <>
      {kind === "call" && speaking.length > 0 && (
        <Section title={t("review.talk")}>
          <div className={classes["shares"]} aria-hidden="true">
            {speaking.map((each) => (
              <span
                key={each.participantId}
                data-voice={voices.get(each.participantId)?.hue ?? "none"}
                style={{ flexGrow: Math.max(0.001, each.talkMs) }}
              />
            ))}
          </div>
          <ul className={classes["talkers"]}>
            {speaking.map((each) => (
              <li key={each.participantId} data-voice={voices.get(each.participantId)?.hue ?? "none"}>
                <span className={classes["talker"]}>{nameOf(each.participantId)}</span>
                <span className="numeric">
                  {percent(each.talkShare)} · {span(each.talkMs)}
                </span>
              </li>
            ))}
          </ul>
          <dl className={classes["facts"]}>
            <Fact name={t("review.nonTalk")}>
              {span(measures.nonTalkMs)} <small>{ofCall(measures.nonTalkMs)}</small>
            </Fact>
            <Fact name={t("review.longestSilence")}>
              {measures.longestSilenceMs > 0 ? span(measures.longestSilenceMs) : t("state.none")}
            </Fact>
            <Fact name={t("review.overlap")}>
              {measures.overlapMs > 0 ? (
                <>
                  {span(measures.overlapMs)} <small>{ofCall(measures.overlapMs)}</small>
                </>
              ) : (
                t("state.none")
              )}
            </Fact>
          </dl>
        </Section>
      )}
      {speaking.length > 0 && (
        <Section title={t("review.turns")}>
          <table className={classes["table"]}>
            <thead>
              <tr>
                <th scope="col">
                  <span className="unseen">{t("review.who")}</span>
                </th>
                <th scope="col">{t("review.turns")}</th>
                <th scope="col">{t("review.words")}</th>
                {kind === "call" && <th scope="col">{t("review.pace")}</th>}
                {kind === "call" && <th scope="col">{t("review.longestTurn")}</th>}
              </tr>
            </thead>
            <tbody>
              {speaking.map((each) => (
                <tr key={each.participantId} data-voice={voices.get(each.participantId)?.hue ?? "none"}>
                  <th scope="row" className={classes["talker"]}>
                    {nameOf(each.participantId)}
                  </th>
                  <td>{count(each.turns)}</td>
                  <td>{count(each.words)}</td>
                  {kind === "call" && <td>{each.wordsPerMinute ?? "–"}</td>}
                  {kind === "call" && <td>{span(each.longestTurnMs)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
      {kind === "call" && speaking.length === 0 && <p className={classes["notYet"]}>{t("review.noFigures")}</p>}
      {kind === "call" && speaking.length > 0 && (
        <>
          <Section title={`${t("review.interruptions")} (${measures.interruptions.length})`}>
            <Moments
              moments={measures.interruptions}
              none={t("review.noInterruptions")}
              say={(each) => t("review.interruptionBy", { by: nameOf(each.byParticipantId), of: nameOf(each.ofParticipantId) })}
              jump={jump}
            />
          </Section>
          <Section title={`${t("review.silences")} (${measures.silences.length})`}>
            <Moments
              moments={measures.silences}
              none={t("review.noSilences")}
              say={(each) => t("review.silenceFor", { time: span(each.endMs - each.startMs) })}
              jump={jump}
            />
          </Section>
        </>
      )}
    </>
  );
}

/** Moments of a call, each of which can be heard. */
function Moments<S extends Span>({
  moments,
  none,
  say,
  jump,
}: {
  moments: readonly S[];
  none: string;
  say: (each: S) => string;
  jump: (ms: number) => void;
}) {
  if (moments.length === 0) return <p className={classes["quiet"]}>{none}</p>;
  return (
    <ul className={classes["moments"]}>
      {moments.map((each) => (
        <li key={`${each.startMs}-${each.endMs}`}>
          <button
            type="button"
            // A second before, so that the moment is heard coming.
            onClick={() => jump(Math.max(0, each.startMs - 1_000))}
          >
            <span className="numeric">{clock(each.startMs)}</span> {say(each)}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Details({ view }: PanelProps) {
  const { t } = useTranslation();
  const { conversation } = view;
  const { source, provenance } = conversation;
  const when = (iso: string) => moment(iso, (time) => t("state.today", { time }));
  return (
    <>
      <Section title={t("review.source")}>
        <dl className={classes["facts"]}>
          <Fact name={t("review.file")}>{source.name}</Fact>
          <Fact name={t("review.fileFormat")}>{source.format}</Fact>
          <Fact name={t("review.size")}>{size(source.bytes)}</Fact>
          <Fact name={t("review.length")}>{span(conversation.durationMs)}</Fact>
          {view.recording !== null && <Fact name={t("review.channels")}>{t(`review.layout.${view.recording.layout}`)}</Fact>}
          <Fact name={t("review.language")}>{conversation.language ?? t("state.unknown")}</Fact>
          <Fact name={t("review.started")}>
            {conversation.startedAt === null ? t("state.unknown") : when(conversation.startedAt)}
          </Fact>
          <Fact name={t("review.imported")}>{when(conversation.importedAt)}</Fact>
          <Fact name={t("review.fingerprint")}>
            <code className={classes["hash"]}>{source.sha256}</code>
          </Fact>
        </dl>
      </Section>
      <Section title={t("review.madeBy")}>
        {provenance === null ? (
          <p className={classes["quiet"]}>{t("review.notHeard")}</p>
        ) : (
          <dl className={classes["facts"]}>
            <Fact name={t("review.engine")}>{provenance.engine}</Fact>
            {provenance.executionProvider !== null && <Fact name={t("review.runsOn")}>{provenance.executionProvider}</Fact>}
            <Fact name={t("review.models")}>
              {provenance.models.length === 0 && t("state.none")}
              <ul>
                {provenance.models.map((model) => (
                  <li key={`${model.task} ${model.id}`} title={model.sha256}>
                    {model.id} <small>{model.task}</small>
                    {model.limited && <small className={classes["limited"]}> {t("review.limitedMark")}</small>}
                  </li>
                ))}
              </ul>
            </Fact>
          </dl>
        )}
      </Section>
    </>
  );
}
