/** One running question: its page of answers, what went wrong, and whether it is slow. Only the newest question counts. */
import { getUrl, isAbort, urlOf, type Hit, type SearchPage } from "../api/client.js";
import type { Question } from "./address.js";

export const SLOW_AFTER_MILLISECONDS = 3000;
export const PAGE_SIZE = 20;
const FACETS = "kind,category,rating,price,discount,attribute,open_now";

export type Status = "idle" | "loading" | "ready" | "failed";

export interface SessionHost {
  requestUpdate(): void;
}

/** The URL of the first page: without a `token` of suggestions the server preloads the very same one (web/addresses.py). */
export function searchUrl(question: Question, language: string, token?: string): string {
  return urlOf("/v1/search", {
    ...question,
    facets: FACETS,
    limit: PAGE_SIZE,
    explain: "true",
    highlight: "true",
    lang: language,
    session: token,
  });
}

export class SearchSession {
  status: Status = "idle";
  slow = false;
  page: SearchPage | null = null;
  hits: readonly Hit[] = [];
  failure: unknown = null;
  /** Loading a further page. */
  extending = false;
  private url = "";
  private running: AbortController | null = null;

  constructor(
    private readonly host: SessionHost,
    private readonly fetchPage: (url: string, signal: AbortSignal) => Promise<SearchPage> = getUrl,
  ) {}

  /** Ask. What was there stays on screen, dimmed, until the answer comes. */
  async ask(url: string): Promise<void> {
    this.url = url;
    await this.work(async (signal) => {
      this.status = "loading";
      const page = await this.fetchPage(url, signal);
      this.page = page;
      this.hits = page.hits;
      this.status = "ready";
    });
  }

  async retry(): Promise<void> {
    await this.ask(this.url);
  }

  /** The next page, after those that are there. */
  async more(): Promise<void> {
    const cursor = this.page?.next_cursor;
    if (cursor == null || this.extending) return;
    const url = `${this.url}&cursor=${encodeURIComponent(cursor)}`;
    this.extending = true;
    await this.work(async (signal) => {
      const page = await this.fetchPage(url, signal);
      const known = new Set(this.hits.map((hit) => hit.id));
      this.page = { ...page, facets: this.page?.facets ?? page.facets };
      this.hits = [...this.hits, ...page.hits.filter((hit) => !known.has(hit.id))];
    });
  }

  stop(): void {
    this.running?.abort();
  }

  private async work(job: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    this.failure = null;
    this.slow = false;
    const timer = setTimeout(() => {
      this.slow = true;
      this.host.requestUpdate();
    }, SLOW_AFTER_MILLISECONDS);
    try {
      const done = job(mine.signal);
      this.host.requestUpdate();
      await done;
    } catch (error) {
      if (isAbort(error) || this.running !== mine) return;
      this.failure = error;
      this.status = this.extending ? this.status : "failed";
    } finally {
      clearTimeout(timer);
      if (this.running === mine) {
        this.slow = false;
        this.extending = false;
        this.running = null;
        this.host.requestUpdate();
      }
    }
  }
}
