import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { type ActionId, chordLabel, useChords } from "../../ui/actions/index.ts";
import type { Player } from "./player.ts";
import { goToMoment } from "./player-actions.ts";
import { type MomentKind, type Moments, momentKinds, momentNumber } from "./player-moments.ts";
import classes from "./transport-bar.module.css";

const actionOf: { readonly [kind in MomentKind]: readonly [previous: ActionId, next: ActionId] } = {
  silence: ["moments.previousSilence", "moments.nextSilence"],
  interruption: ["moments.previousInterruption", "moments.nextInterruption"],
  sound: ["moments.previousSound", "moments.nextSound"],
  doubt: ["moments.previousDoubt", "moments.nextDoubt"],
  comment: ["moments.previousComment", "moments.nextComment"],
  bookmark: ["moments.previousBookmark", "moments.nextBookmark"],
  redaction: ["moments.previousRedaction", "moments.nextRedaction"],
  answer: ["moments.previousAnswer", "moments.nextAnswer"],
  unanswered: ["moments.previousUnanswered", "moments.nextUnanswered"],
};

/** Goes through the moments of one kind: the kind is chosen, two buttons step, and what was reached is said. */
export function MomentSteps({ player, moments, jump }: { player: Player; moments: Moments; jump: (ms: number) => void }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<MomentKind | null>(null);
  const [told, setTold] = useState("");
  const there = momentKinds.filter((kind) => moments[kind].length > 0);
  const kind = chosen ?? there[0];
  if (kind === undefined) return null;
  const name = t(`player.moment.${kind}`);
  const total = moments[kind].length;
  const step = (by: 1 | -1) => {
    const found = goToMoment({ player, moments, jump }, kind, by);
    if (!found) setTold(t("player.noMoment", { kind: name, direction: t(by === 1 ? "player.after" : "player.before") }));
    else setTold(t("player.momentOf", { number: momentNumber(moments[kind], player.positionMs), total }));
  };
  return (
    <fieldset className={classes["group"]}>
      <legend className="unseen">{t("player.moments")}</legend>
      <StepButton
        id={actionOf[kind][0]}
        label={t("player.previousMoment", { kind: name })}
        act={() => step(-1)}
        idle={total === 0}
      >
        <IconChevronLeft size={16} aria-hidden="true" />
      </StepButton>
      <Menu position="top">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            rightSection={<IconChevronDown size={12} aria-hidden="true" />}
            aria-label={`${t("player.moments")}: ${t("player.momentCount", { kind: name, total })}`}
          >
            {name} {total}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {there.map((each) => (
            <Menu.Item
              key={each}
              onClick={() => {
                setChosen(each);
                setTold("");
              }}
              rightSection={<span className="numeric">{moments[each].length}</span>}
              aria-current={each === kind}
            >
              {t(`player.moment.${each}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <StepButton id={actionOf[kind][1]} label={t("player.nextMoment", { kind: name })} act={() => step(1)} idle={total === 0}>
        <IconChevronRight size={16} aria-hidden="true" />
      </StepButton>
      <span role="status" className="unseen" data-testid="moment">
        {told}
      </span>
    </fieldset>
  );
}

function StepButton({
  id,
  label,
  act,
  idle,
  children,
}: {
  id: ActionId;
  label: string;
  act: () => void;
  idle: boolean;
  children: React.ReactNode;
}) {
  const chord = useChords(id)[0];
  return (
    <Tooltip label={chord === undefined ? label : `${label} (${chordLabel(chord).join(" ")})`}>
      <ActionIcon aria-label={label} onClick={act} aria-disabled={idle}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
