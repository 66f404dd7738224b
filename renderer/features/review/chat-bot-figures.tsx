import { botSession, type IntentPath } from "../../../app/conversation/bot-session.ts";
import type { Conversation, Turn } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, count, percent } from "../../ui/time.ts";
import own from "./chat-bot-figures.module.css";
import classes from "./measures.module.css";
import { Fact, Section } from "./panel-parts.tsx";

interface BotFiguresProps {
  readonly conversation: Pick<Conversation, "participants" | "turns">;
  readonly goTo: (turn: Turn) => void;
}

/** What came of a session with a bot: whether it kept it to itself, what it understood, each intent on its way, and what it missed. */
export function BotFigures({ conversation, goTo }: BotFiguresProps) {
  const { t } = useTranslation();
  const session = botSession(conversation);
  if (session === null) return null;
  const { utterances, missed, fallbackRate, confidence, intents, handOver, contained, turnsToResolution } = session;
  const via = conversation.turns.find(({ bot }) => bot?.via !== undefined)?.bot?.via;
  return (
    <Section title={t("measures.bot")}>
      <dl data-testid="bot-figures">
        {via !== undefined && <Fact name={t("measures.via")}>{t(`measures.vias.${via}`)}</Fact>}
        <Fact name={t("measures.contained")}>{t(contained ? "measures.yes" : "measures.no")}</Fact>
        <Fact name={t("measures.understood")}>
          {count(utterances - missed.length)} <small>{percent((utterances - missed.length) / utterances)}</small>
        </Fact>
        <Fact name={t("measures.missed")}>
          {count(missed.length)} <small>{t("measures.fallbackRate", { percent: percent(fallbackRate) })}</small>
        </Fact>
        {confidence !== null && <Fact name={t("measures.sure")}>{percent(confidence)}</Fact>}
        <Fact name={t("measures.turnsToResolution")}>
          {turnsToResolution === null ? t("measures.unresolved") : count(turnsToResolution)}
        </Fact>
      </dl>
      {handOver !== null && (
        <>
          <p className={classes["quiet"]}>{t("measures.handOver")}</p>
          <Places turns={[handOver]} goTo={goTo} />
        </>
      )}
      {intents.length > 0 && <Intents intents={intents} turns={conversation.turns} goTo={goTo} />}
      {missed.length > 0 && (
        <>
          <p className={classes["quiet"]}>{t("measures.missedMessages")}</p>
          <Places turns={missed} goTo={goTo} />
        </>
      )}
    </Section>
  );
}

function Places({ turns, goTo }: { turns: readonly Turn[]; goTo: (turn: Turn) => void }) {
  return (
    <ul className={classes["missed"]}>
      {turns.map((turn) => (
        <li key={turn.id}>
          <button type="button" onClick={() => goTo(turn)}>
            <span className="numeric">{clock(turn.startMs)}</span> {turn.text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Each intent with its state, its confirmation, its slots and how many turns it took. */
function Intents({
  intents,
  turns,
  goTo,
}: {
  intents: readonly IntentPath[];
  turns: readonly Turn[];
  goTo: (turn: Turn) => void;
}) {
  const { t } = useTranslation();
  return (
    <table className={own["intents"]}>
      <caption className={classes["quiet"]}>{t("measures.intents")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("review.bot.intent")}</th>
          <th scope="col">{t("review.bot.state")}</th>
          <th scope="col">{t("review.bot.slots")}</th>
          <th scope="col">{t("measures.turns")}</th>
        </tr>
      </thead>
      <tbody>
        {intents.map(({ intent, state, confirmation, slots, confidence, turnIds, turnsToResolution }) => {
          const first = turns.find(({ id }) => id === turnIds[0]);
          return (
            <tr key={intent}>
              <th scope="row">
                <button type="button" onClick={() => first !== undefined && goTo(first)}>
                  {intent}
                </button>
                {confidence !== null && <small> {percent(confidence)}</small>}
              </th>
              <td>
                <div>{state}</div>
                <div>{confirmation}</div>
              </td>
              <td>
                {Object.entries(slots).map(([slot, value]) => (
                  <div key={slot}>
                    {slot}: {value ?? t("measures.notFilled")}
                  </div>
                ))}
              </td>
              <td className="numeric">{turnsToResolution ?? `${turnIds.length}, ${t("measures.unresolved")}`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
