import { Button, Tabs } from "@mantine/core";
import { IconArrowBackUp, IconArrowsExchange } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { ConversationView } from "../../../app/contract/views.ts";
import type { AnchorView } from "../../../app/conversation/anchors.ts";
import type { Participant } from "../../../app/conversation/conversation.ts";
import type { Operation } from "../../../app/conversation/operations.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import { ImportReport } from "../../ui/import-report.tsx";
import { moment, percent, size, span } from "../../ui/time.ts";
import { AskPanel, askFieldId } from "../questions/index.ts";
import { AddRecording } from "./add-recording.tsx";
import { CategoriesList } from "./categories-list.tsx";
import type { OpenChecklist } from "./checklist-open.ts";
import { ChecklistPanel } from "./checklist-panel.tsx";
import { isWaiting } from "./checklist-questions.ts";
import type { Composing } from "./comments-anchor.ts";
import { CommentsPanel } from "./comments-panel.tsx";
import { History } from "./editing-history.tsx";
import { InsightPanel } from "./insight-panel.tsx";
import { Adjustments, LeftMachine } from "./left-machine.tsx";
import { Figures } from "./measures-panel.tsx";
import classes from "./panel.module.css";
import { Fact, Section } from "./panel-parts.tsx";
import { type PanelTab, panelTabs } from "./panel-tabs.ts";
import type { Player } from "./player.ts";
import { ProposedName } from "./proposed-name.tsx";
import { Recorded } from "./recorded.tsx";
import { isSwappable, SpeakerMenu } from "./speaker-menu.tsx";
import type { Target, WordPlaces } from "./transcript-caret.ts";
import type { Voice } from "./voices.ts";
import { WritingPanel } from "./writing-panel.tsx";
import { playQuote, useSummaryKey } from "./writing-places.ts";

interface PanelProps {
  view: ConversationView;
  voices: ReadonlyMap<string, Voice>;
  jump: (ms: number) => void;
  correct: (operation: Operation) => void;
  undo: () => void;
}

/** What the comments need beside. */
interface CommentsProps {
  tab: PanelTab;
  setTab: (tab: PanelTab) => void;
  places: WordPlaces;
  composing: Composing | null;
  compose: (on: Composing | null) => void;
  focusedThread: { readonly id: string; readonly asked: number } | null;
  goTo: (anchor: Pick<AnchorView, "startMs" | "turnIds" | "wordIds">) => void;
}

/** What the checklist needs beside. */
interface ChecklistProps {
  checklist: OpenChecklist;
  player: Player;
  target: () => Target | undefined;
}

/** What a tab is made from. */
type TabProps = PanelProps & CommentsProps & ChecklistProps;

/** What each tab shows. A tab that is added to `panelTabs` is not complete before it is here. */
const contents: Readonly<Record<PanelTab, (props: TabProps) => ReactNode>> = {
  checklist: ({ view, ...props }) => <ChecklistPanel conversation={view.conversation} {...props} />,
  figures: (props) => (
    <>
      <Who {...props} />
      <Figures {...props} />
    </>
  ),
  insight: (props) => <Insight {...props} />,
  summary: ({ view, goTo }) => <WritingPanel conversation={view.conversation} goTo={goTo} />,
  ask: ({ view, goTo }) => <AskPanel conversationId={view.conversation.id} play={playQuote(goTo)} />,
  comments: ({ view, ...props }) => <CommentsPanel conversationId={view.conversation.id} tags={view.tags} {...props} />,
  details: (props) => <Details {...props} />,
};

/** What is known and said of a conversation, beside its transcript. */
export function Panel(props: TabProps) {
  const { t } = useTranslation();
  const { view, tab, setTab, checklist } = props;
  const { id } = view.conversation;
  const open = useCall("comment.list", { conversationId: id }).data?.threads.filter((thread) => thread.resolved === null).length;
  const waiting = checklist.view?.questions.filter(({ state }) => isWaiting(state)).length ?? 0;
  // Where nothing is judged yet the checklist is not what a person came for.
  const isJudged = checklist.lines !== undefined && checklist.lines.length > 0;
  const others = panelTabs.filter((each) => each !== "checklist");
  const tabs: readonly PanelTab[] = isJudged ? ["checklist", ...others] : [...others, "checklist"];
  const labels: Readonly<Record<PanelTab, string>> = {
    checklist: waiting === 0 ? t("checklist.tab") : t("checklist.tabWaiting", { count: waiting }),
    figures: t("review.figures"),
    insight: t("insight.tab"),
    comments: open === undefined || open === 0 ? t("comments.tab") : t("comments.tabCount", { count: open }),
    summary: t("writing.tab"),
    ask: t("questions.tab"),
    details: t("review.details"),
  };
  useSummaryKey(tab, setTab);
  useActions({
    "questions.ask": () => {
      setTab("ask");
      requestAnimationFrame(() => document.getElementById(askFieldId)?.focus());
    },
  });
  return (
    <aside className={classes["panel"]} aria-label={t("review.panel")}>
      <Tabs
        value={tab}
        onChange={(value) => setTab(panelTabs.find((each) => each === value) ?? "figures")}
        keepMounted={false}
        className={classes["tabs"] ?? ""}
      >
        <Tabs.List>
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {labels[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((each) => (
          <Tabs.Panel key={each} value={each} className={classes["scroll"] ?? ""} tabIndex={0}>
            {each === tab && contents[each](props)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </aside>
  );
}

function Insight({ view, voices, goTo }: TabProps) {
  const { t } = useTranslation();
  return (
    <>
      <InsightPanel view={view} voices={voices} goTo={goTo} />
      <Section title={t("categories.title")}>
        <CategoriesList
          conversationId={view.conversation.id}
          onPlay={({ startMs, turnId, wordIds }) =>
            goTo({ startMs, turnIds: turnId === null ? [] : [turnId], wordIds: [...wordIds] })
          }
        />
      </Section>
    </>
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
            <SpeakerMenu voice={voice} canSwap={canSwap} correct={correct} others={[...voices.values()]} />
            <span className={classes["origin"]} data-guess={voice.participant.roleConfidence !== null || undefined}>
              {voice.role !== null && `${voice.role}. `}
              {origin(voice.participant)}
            </span>
            {view.proposedNames
              .filter(({ participantId }) => participantId === voice.id)
              .map((proposed) => (
                <ProposedName
                  key={proposed.participantId}
                  proposed={proposed}
                  accept={() => correct({ kind: "rename-speaker", participantId: proposed.participantId, name: proposed.name })}
                />
              ))}
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

function Details({ view, voices }: PanelProps) {
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
      {view.lacksRecording && (
        <Section title={t("importing.recording.title")}>
          <AddRecording conversationId={conversation.id} />
        </Section>
      )}
      <Section title={t("importing.title")}>
        <ImportReport conversationId={conversation.id} />
      </Section>
      <Section title={t("review.madeBy")}>
        {provenance === null ? (
          <p className={classes["quiet"]}>{t("review.notHeard")}</p>
        ) : (
          <dl className={classes["facts"]}>
            <Fact name={t("review.engine")}>{provenance.engine}</Fact>
            {provenance.executionProvider !== null && <Fact name={t("review.runsOn")}>{provenance.executionProvider}</Fact>}
            {provenance.vocabulary !== undefined && (
              <Fact name={t("hearing.vocabulary")}>
                {t("hearing.vocabularyUsed", {
                  terms: t("hearing.terms", { count: provenance.vocabulary.terms.length }),
                  replacements: t("hearing.replacements", { count: provenance.vocabulary.replacements.length }),
                })}
              </Fact>
            )}
            {provenance.beams !== undefined && <Fact name={t("hearing.beams")}>{provenance.beams}</Fact>}
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
        <Adjustments adjustments={provenance?.adjustments} />
      </Section>
      <Section title={t("reviewing.history.title")}>
        <History conversationId={conversation.id} voices={voices} />
      </Section>
      <Section title={t("engine.left")}>
        <LeftMachine conversationId={conversation.id} />
      </Section>
      <Section title={t("ledger.of.title")}>
        <Recorded conversationId={conversation.id} />
      </Section>
    </>
  );
}
