import { Link, useLocation } from "wouter";
import classes from "./place-tabs.module.css";

/** The parts of a place, each with an address of its own. */
export function PlaceTabs({
  label,
  places,
}: {
  label: string;
  places: readonly { readonly href: string; readonly label: string /** Addresses inside of it. */; readonly inside: RegExp }[];
}) {
  const [location] = useLocation();
  return (
    <nav className={classes["tabs"]} aria-label={label}>
      {places.map((place) => (
        <Link key={place.href} href={place.href} aria-current={place.inside.test(location) ? "page" : undefined}>
          {place.label}
        </Link>
      ))}
    </nav>
  );
}
