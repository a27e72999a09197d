/** Forms and lists of the console in the page's clothes. */
import { css } from "lit";

export const consoleStyle = css`
  h1 {
    font-size: var(--text-xl);
    font-weight: 700;
    line-height: 1.25;
    letter-spacing: -0.01em;
  }
  h2 {
    font-size: var(--text-l);
    font-weight: 650;
  }
  h3 {
    font-size: var(--text-m);
    font-weight: 650;
  }
  h1,
  h2,
  h3,
  p,
  li {
    overflow-wrap: anywhere;
  }
  .stack {
    display: grid;
    gap: var(--space-4);
    min-width: 0;
  }
  .close {
    display: grid;
    gap: var(--space-1);
    min-width: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3);
    align-items: start;
  }
  .muted {
    color: var(--ink-muted);
    font-size: var(--text-s);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .bad {
    color: var(--bad);
    font-size: var(--text-s);
    font-weight: 550;
  }
  .alert {
    padding: var(--space-3);
    border-radius: var(--radius-s);
    border-left: 3px solid var(--bad);
    background: var(--bad-soft);
    color: var(--bad);
    font-size: var(--text-m);
  }
  .told {
    padding: var(--space-3);
    border-radius: var(--radius-s);
    border-left: 3px solid var(--good);
    background: var(--accent-soft);
    font-size: var(--text-m);
  }
  label {
    display: grid;
    gap: var(--space-1);
    font-size: var(--text-s);
    font-weight: 600;
    min-width: 0;
  }
  .hint {
    font-size: var(--text-xs);
    font-weight: 450;
    color: var(--ink-muted);
  }
  input:not([type="radio"]),
  select,
  textarea {
    min-height: 2.75rem;
    width: 100%;
    min-width: 0;
    padding: 0 var(--space-3);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-s);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-size: var(--text-m);
    font-weight: 450;
  }
  textarea {
    padding: var(--space-2) var(--space-3);
    font-family: ui-monospace, monospace;
    font-size: var(--text-xs);
    resize: vertical;
  }
  [aria-invalid="true"] {
    border-color: var(--bad);
    box-shadow: inset 0 0 0 1px var(--bad);
  }
  fieldset {
    display: grid;
    gap: var(--space-3);
    min-width: 0;
    margin: 0;
    padding: var(--space-4);
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface);
  }
  summary {
    min-height: 2rem;
    font-size: var(--text-s);
    font-weight: 600;
    cursor: pointer;
  }
  .list {
    display: grid;
    gap: var(--space-2);
  }
  .row {
    display: block;
    padding: var(--space-3) var(--space-4);
    border: 1px solid var(--line);
    border-radius: var(--radius-m);
    background: var(--surface);
    color: inherit;
    text-decoration: none;
    transition: border-color var(--quick) var(--ease);
  }
  a.row:hover {
    border-color: var(--accent);
  }
  .row strong {
    display: block;
    font-weight: 650;
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
    margin-top: var(--space-1);
  }
  .tag {
    padding: 0.1rem 0.55rem;
    border-radius: var(--radius-full);
    background: var(--sunken);
    color: var(--ink-muted);
    font-size: var(--text-xs);
    font-weight: 600;
  }
  .tag.live {
    background: var(--accent-soft);
    color: var(--accent);
  }
  .tag.draft {
    background: var(--warn-soft);
    color: var(--warn);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    font-size: var(--text-s);
    font-weight: 600;
    text-align: left;
    text-decoration: underline;
    cursor: pointer;
    min-height: 1.75rem;
  }
`;

/** The colour of each band, as the map has them (map-colours.ts). */
export const swatchStyle = css`
  .swatch {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 1.5rem;
    height: 1.5rem;
    border-radius: 50%;
    border: 2px solid var(--swatch);
    background: color-mix(in srgb, var(--swatch) 22%, transparent);
    font-size: var(--text-xs);
    font-weight: 700;
    font-variant-numeric: tabular-nums;
  }
  .swatch[data-colour="0"] {
    --swatch: var(--accent);
  }
  .swatch[data-colour="1"] {
    --swatch: var(--focus);
  }
  .swatch[data-colour="2"] {
    --swatch: var(--deal);
  }
  .swatch[data-colour="3"] {
    --swatch: var(--star);
  }
  .swatch[data-colour="4"] {
    --swatch: var(--ink-muted);
  }
`;

export const COLOURS = 5;
