import { ActionIcon, Popover, Slider, Tooltip } from "@mantine/core";
import { IconVolume, IconVolume2, IconVolumeOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "../../text/index.ts";
import { percent } from "../../ui/time.ts";
import { type Player, usePlayerState } from "./player.ts";
import classes from "./transport-bar.module.css";

/** A side of the recording and who speaks on it. */
export interface Side {
  readonly side: 0 | 1;
  readonly name: string;
  readonly hue: number | null;
}

/** How loud the call is, and each side of it where the channels keep them apart. */
export function VolumeControl({ player, sides }: { player: Player; sides: readonly Side[] }) {
  const { t } = useTranslation();
  const { mix, unmixable } = usePlayerState(player);
  const [opened, setOpened] = useState(false);
  const uneven = mix.sides.some((each) => each.muted || each.volume < 1);
  const Icon = mix.volume === 0 ? IconVolumeOff : mix.volume < 1 || uneven ? IconVolume2 : IconVolume;
  return (
    <Popover opened={opened} onChange={setOpened} position="top" shadow="md" withRoles trapFocus returnFocus width="16rem">
      <Popover.Target>
        <Tooltip label={t("player.volume")} disabled={opened}>
          <ActionIcon
            aria-label={t("player.volume")}
            disabled={!player.hasSound}
            data-uneven={uneven || undefined}
            onClick={() => setOpened(!opened)}
          >
            <Icon size={18} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={classes["volumes"] ?? ""} aria-label={t("player.volume")}>
        <Volume
          name={t("player.volumeAll")}
          label={t("player.volumeOf", { name: t("player.volumeAll") })}
          value={mix.volume}
          set={(volume) => player.setVolume(volume)}
        />
        {sides.map(({ side, name, hue }) => (
          <div key={side} className={classes["side"]} data-voice={hue ?? "none"}>
            <Volume
              name={name}
              label={t("player.volumeOf", { name })}
              value={mix.sides[side].muted ? 0 : mix.sides[side].volume}
              set={(volume) => player.setSide(side, { volume, muted: volume === 0 })}
              disabled={unmixable}
            />
          </div>
        ))}
        {unmixable && (
          <p role="alert" className={classes["note"]}>
            {t("player.unmixable")}
          </p>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Volume({
  name,
  label,
  value,
  set,
  disabled = false,
}: {
  name: string;
  label: string;
  value: number;
  set: (value: number) => void;
  disabled?: boolean;
}) {
  return (
    <div className={classes["volume"]}>
      <span>
        {name} <span className="numeric">{percent(value)}</span>
      </span>
      <Slider
        size="sm"
        min={0}
        max={1}
        step={0.05}
        value={value}
        onChange={set}
        label={null}
        disabled={disabled}
        thumbLabel={label}
        thumbValueText={percent(value)}
      />
    </div>
  );
}
