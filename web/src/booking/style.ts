/** How the booking's forms and facts look. */
import { css } from "lit";

export const bookingStyle = css`
  .stack {
    display: grid;
    gap: var(--space-4);
  }
  h3 {
    font-size: var(--text-m);
    font-weight: 650;
  }
  .times {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    max-height: 16rem;
    overflow-y: auto;
    padding: 2px;
  }
  .times button {
    min-height: 2.75rem;
    padding: 0 var(--space-4);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-full);
    background: var(--surface);
    font-size: var(--text-m);
    cursor: pointer;
  }
  .times button:hover {
    border-color: var(--accent);
  }
  form {
    display: grid;
    gap: var(--space-3);
  }
  input {
    min-height: 2.75rem;
    width: 100%;
    padding: 0 var(--space-3);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-s);
    background: var(--surface);
    font-size: var(--text-m);
  }
  .facts {
    display: grid;
    gap: var(--space-1);
    font-size: var(--text-m);
  }
  .facts strong {
    font-weight: 650;
  }
  .policy {
    padding-left: var(--space-3);
    border-left: 3px solid var(--line-strong);
    font-size: var(--text-s);
    color: var(--ink-muted);
  }
  .countdown {
    font-size: var(--text-s);
    font-variant-numeric: tabular-nums;
    color: var(--warn);
  }
  .told {
    scroll-margin: 7rem; /* what sticks above it, and more than a line of it below */
  }
  .bad {
    color: var(--bad);
    font-size: var(--text-m);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .qr img {
    width: 10rem;
    height: 10rem;
    background: #fff;
    border-radius: var(--radius-s);
  }
  .muted {
    color: var(--ink-muted);
    font-size: var(--text-s);
  }
`;
