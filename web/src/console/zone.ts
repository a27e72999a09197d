/** Instants as the wall clock of a branch's zone, and back. Pure. */

/** "2026-11-25T20:00" on the clock of the zone: what an input of the type datetime-local takes. */
export function wallClock(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? "";
  return `${of("year").padStart(4, "0")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

/**
 * The instant, in UTC, at which the clock of the zone shows this; null for what is no time. An hour that comes twice is
 * its first; one that is left out is the instant as far after the gap as it lies in it.
 */
export function instantOf(wall: string, zone: string): string | null {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  const shown = (instant: number): number => Date.parse(`${wallClock(new Date(instant).toISOString(), zone)}Z`);
  const offsets = [asUtc - 86_400_000, asUtc + 86_400_000].map((near) => shown(near) - Math.floor(near / 60_000) * 60_000);
  const [before = 0, after = 0] = offsets;
  const candidates = [asUtc - before, asUtc - after];
  const exact = candidates.find((candidate) => shown(candidate) === asUtc);
  return new Date(exact ?? asUtc - before).toISOString();
}
