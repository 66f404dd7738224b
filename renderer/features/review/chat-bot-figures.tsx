import type { Turn } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";
import { clock, count, percent } from "../../ui/time.ts";
import classes from "./measures.module.css";
import { Fact, Section } from "./panel-parts.tsx";

/** What a bot made of what was said to it: how much it understood, which intents, and each message it did not understand. */
export function BotFigures({ turns, goTo }: { turns: readonly Turn[]; goTo: (turn: Turn) => void }) {
  const { t } = useTranslation();
  const read = turns.flatMap((turn) => (turn.bot === undefined ? [] : [{ turn, bot: turn.bot }]));
  if (read.length === 0) return null;
  const missed = read.filter(({ bot }) => bot.missed);
  const intents = new Map<string, number>();
  for (const { bot } of read) if (bot.intent !== null) intents.set(bot.intent, (intents.get(bot.intent) ?? 0) + 1);
  return (
    <Section title={t("measures.bot")}>
      <dl data-testid="bot-figures">
        <Fact name={t("measures.understood")}>
          {count(read.length - missed.length)} <small>{percent((read.length - missed.length) / read.length)}</small>
        </Fact>
        <Fact name={t("measures.missed")}>{count(missed.length)}</Fact>
        <Fact name={t("measures.intents")}>
          {[...intents]
            .sort((a, b) => b[1] - a[1])
            .map(([intent, times]) => (
              <div key={intent}>
                {intent} <small>{count(times)}</small>
              </div>
            ))}
        </Fact>
      </dl>
      {missed.length > 0 && <p className={classes["quiet"]}>{t("measures.missedMessages")}</p>}
      <ul className={classes["missed"]}>
        {missed.map(({ turn }) => (
          <li key={turn.id}>
            <button type="button" onClick={() => goTo(turn)}>
              <span className="numeric">{clock(turn.startMs)}</span> {turn.text}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
