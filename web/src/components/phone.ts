/** Whether sheets lie over the map, as the styles have it below the same width. */
export function isPhone(): boolean {
  return matchMedia("(max-width: 59.99rem)").matches;
}
