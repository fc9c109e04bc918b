import type { Browser, Page } from 'playwright-core';
import { openBrowser, signIn } from './browser.js';
import { Caller } from './caller.js';
import { embedded, type SingleInstallation } from './settings.js';

/** The admin portal of a running installation, and a browser to visit it with. */
export class AdminPortal {
  private constructor(
    readonly installation: SingleInstallation,
    readonly browser: Browser,
    /** The administrator at the REST surfaces. */
    readonly admin: Caller,
  ) {}

  static async start(): Promise<AdminPortal> {
    const installation = await embedded();
    return new AdminPortal(installation, await openBrowser(), await Caller.signIn(installation));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.installation.stop();
  }

  get base(): string {
    return `${this.installation.controlPlanes[0]}/admin`;
  }

  /** Signs the administrator in and arrives at `path`. */
  async enter(page: Page, path = '/throttling/advanced'): Promise<void> {
    page.setDefaultTimeout(20_000);
    await page.goto(this.base + path);
    await signIn(page, this.installation.admin);
    await page.getByRole('button', { name: this.installation.admin[0] }).waitFor();
  }
}
