/** Native controls in the page's clothes. */
import { css } from "lit";

export const formStyle = css`
  label,
  legend {
    font-size: var(--text-s);
    font-weight: 600;
  }
  input[type="search"],
  input[type="number"],
  input[type="datetime-local"],
  select {
    min-height: 2.75rem;
    width: 100%;
    padding: 0 var(--space-3);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-s);
    background: var(--surface);
    font-size: var(--text-m);
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  legend {
    padding: 0;
    margin-bottom: var(--space-2);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .hint {
    font-size: var(--text-xs);
    color: var(--ink-muted);
    margin-top: 0.25rem;
  }
`;
