/** Loaded before anything is painted, so that a chosen theme never flashes the other one. */
import { applyTheme } from "./theme.js";

applyTheme();
