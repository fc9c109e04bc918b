import type { RequestContext, Transaction } from '@tollgate/database';
import type { Logger } from '@tollgate/base';
import { isMailAddress, type Mailer } from '@tollgate/mail';

export interface PublishedVersion {
  readonly organization: string;
  readonly apiName: string;
  readonly provider: string;
  readonly version: string;
}

export interface Recipient {
  readonly userName: string;
  readonly email: string | null;
}

/** Who hears of it: owners of the applications that are subscribed to an earlier version of this API. */
export interface EarlierVersionSubscribers {
  ownersSubscribedToEarlierVersions(ctx: RequestContext, published: PublishedVersion): Promise<readonly Recipient[]>;
}

/**
 * Tells the owners of subscribed applications that a new version was published. Call it in the transaction of the
 * publish transition: the mails exist exactly when the version is published.
 * @returns how many mails were asked for; 0 while mail is off
 */
export async function notifySubscribersOfNewVersion(
  tx: Transaction,
  published: PublishedVersion,
  parts: { mailer: Mailer; subscribers: EarlierVersionSubscribers; log: Logger },
): Promise<number> {
  if (!parts.mailer.enabled) return 0;
  const recipients = await parts.subscribers.ownersSubscribedToEarlierVersions(tx, published);
  const addresses = recipients.map((recipient) => recipient.email).filter((email) => email !== null && email !== '');
  const usable = [...new Set(addresses)].filter((email) => email !== null && isMailAddress(email)) as string[];
  if (usable.length < new Set(addresses).size)
    parts.log.warn(
      { event: 'mail.bad_address', count: new Set(addresses).size - usable.length },
      'Users have e-mail addresses that cannot be written to',
    );
  for (const to of usable) await parts.mailer.send(tx, { to, ...messageAbout(published) });
  return usable.length;
}

function messageAbout({ apiName, version, provider }: PublishedVersion): { subject: string; text: string } {
  const name = oneLine(apiName);
  return {
    subject: `New version ${oneLine(version)} of ${name}`,
    text: [
      `Version ${oneLine(version)} of the API "${name}" by ${oneLine(provider)} was published.`,
      '',
      'You get this message because an application of yours is subscribed to an earlier version.',
      'Your subscription stays as it is. To use the new version, subscribe to it in the developer portal.',
      '',
    ].join('\n'),
  };
}

/** Names of APIs are users' text. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 200);
}
