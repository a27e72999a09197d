/** The map's colours: a canvas renderer cannot read custom properties, so they stand here once more. */
export interface Palette {
  land: string;
  square: string;
  water: string;
  green: string;
  building: string;
  buildingLine: string;
  street: string;
  streetCasing: string;
  path: string;
  rail: string;
  label: string;
  labelHalo: string;
  streetLabel: string;
  waterLabel: string;
  greenLabel: string;
  accent: string;
  deal: string;
  onPin: string;
  rim: string;
  cluster: string;
  clusterText: string;
  area: string;
  here: string;
}

export const LIGHT: Palette = {
  land: "#f4f1ea",
  square: "#ebe6db",
  water: "#bfd9e2",
  green: "#d5e4c8",
  building: "#e6e0d5",
  buildingLine: "#d9d2c5",
  street: "#ffffff",
  streetCasing: "#e0dacd",
  path: "#d8cfbd",
  rail: "#cdc6b8",
  label: "#4f565a",
  labelHalo: "#f8f6f1",
  streetLabel: "#6d7377",
  waterLabel: "#3f6d80",
  greenLabel: "#557344",
  accent: "#0d6759",
  deal: "#b0361a",
  onPin: "#ffffff",
  rim: "#ffffff",
  cluster: "#cfe3ea",
  clusterText: "#123f4e",
  area: "#0d6759",
  here: "#1a63d8",
};

export const DARK: Palette = {
  land: "#191f22",
  square: "#222a2d",
  water: "#10303b",
  green: "#1d2f25",
  building: "#242c30",
  buildingLine: "#2c363b",
  street: "#343f45",
  streetCasing: "#1a2023",
  path: "#333b3d",
  rail: "#30383c",
  label: "#b5bfc4",
  labelHalo: "#161b1d",
  streetLabel: "#8d989d",
  waterLabel: "#7fb0c2",
  greenLabel: "#8fb08a",
  accent: "#63ccb5",
  deal: "#ff9d80",
  onPin: "#06251f",
  rim: "#14191b",
  cluster: "#21414d",
  clusterText: "#cfe8f1",
  area: "#63ccb5",
  here: "#8ab8ff",
};
