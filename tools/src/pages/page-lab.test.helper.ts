import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { findBrowser } from '../../../apps/cli/src/doctor/find-browser.js';
import { type FileServer, serveFolders } from './serve-folders.js';

const executablePath = findBrowser();
if (!executablePath) console.warn('Pages are not tested: there is no Chromium here.');

/** Whether pages can be tested here. */
export const hasChromium = executablePath !== undefined;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const DIGITS = here('../../../packages/model-digits');
export const UMBRELLA = here('../../../packages/visual-echoes');

/** Nothing but files of the page's own site, of no inline script or style, and no text that becomes a program. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; " +
  "connect-src 'self'; worker-src 'self'; media-src blob:";

/** With these, a page may share memory with its workers. */
export const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** A page in a browser, and what it complained of. */
export interface OpenedPage {
  page: Page;
  complaints: string[];
}

/** A browser, servers, and a folder for the files of pages. */
export class PageLab {
  private readonly folder = mkdtempSync(join(tmpdir(), 'visual-echoes-pages-'));
  private readonly servers: FileServer[] = [];

  private constructor(readonly browser: Browser) {}

  static async open(): Promise<PageLab> {
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new PageLab(await chromium.launch({ executablePath: executablePath!, args }));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all(this.servers.map((server) => server.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async serve(...options: Parameters<typeof serveFolders>): Promise<FileServer> {
    const server = await serveFolders(...options);
    this.servers.push(server);
    return server;
  }

  /** A site of the pages in a folder, with the digits model, its samples, and `visual-echoes` under /library/. */
  site(pages: string, headers = {}): Promise<FileServer> {
    const samples = join(DIGITS, 'samples');
    return this.serve(
      { '/': pages, '/models/digits/': DIGITS, '/samples/': samples, '/library/': UMBRELLA },
      headers,
    );
  }

  /** Writes files of a site into a folder of their own. */
  write(name: string, files: Record<string, string>): string {
    const at = join(this.folder, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(at, file, '..'), { recursive: true });
      writeFileSync(join(at, file), text);
    }
    return at;
  }

  /** Opens a page and waits until its program says that it is `ready`. */
  async visit(address: string, on: Browser | BrowserContext = this.browser): Promise<OpenedPage> {
    const page = await on.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(address);
    await until(page, 'globalThis.ready');
    return { page, complaints };
  }
}

/** Waits until an expression is true, and looks at every frame. `waitForFunction` needs a policy that allows eval. */
export const until = (page: Page, expression: string): Promise<void> =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => (${expression} ? resolve() : requestAnimationFrame(look));
    look();
  })`);

/** A page of one program. */
export const pageOf = (body: string, script = 'main.js') =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
${body}
<script type="module" src="${script}"></script>`;

/** What pages begin with that must heed a policy. */
export const WATCH_POLICY = `addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => {
  console.error('violates ' + violatedDirective + ': ' + blockedURI);
});
`;
