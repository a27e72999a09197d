/** The bands' colours on the map: those of styles/tokens.css, which a canvas cannot read. */
const LIGHT = ["#0d6759", "#1a63d8", "#b0361a", "#b7770d", "#57626a"] as const;
const DARK = ["#63ccb5", "#8ab8ff", "#ff9d80", "#e6b54c", "#a6b1b7"] as const;

export type Hex = `#${string}`;

export function bandColours(dark: boolean): readonly Hex[] {
  return dark ? DARK : LIGHT;
}

export function bandColour(rank: number, dark: boolean): Hex {
  const colours = bandColours(dark);
  return colours[rank % colours.length] ?? LIGHT[0];
}

export function badColour(dark: boolean): Hex {
  return dark ? "#ff9c96" : "#a3302f";
}
