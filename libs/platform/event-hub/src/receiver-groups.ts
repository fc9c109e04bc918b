import { StartupError } from '@tollgate/base';

/** Every event goes to every group; within a group to one endpoint, chosen by the mode. */
export interface ReceiverGroup {
  readonly mode: 'loadbalance' | 'failover';
  /** As configured, in order, for example `tcp://tm-1:5672`. */
  readonly urls: readonly string[];
}

/** One `url_group` of the toml file. */
export interface TomlGroup {
  readonly urls: readonly string[];
  /** Accepted and checked for its count only: our transports authenticate on the connection itself. */
  readonly authUrls?: readonly string[] | undefined;
  readonly type?: string | undefined;
}

/**
 * Reads `{tcp://a:5672|tcp://b:5672},{tcp://c:5672,tcp://d:5672}`: `{…}` is a group, without braces the whole text is
 * one; `,` balances load, `|` fails over; text between groups is ignored, spaces are trimmed.
 * @param authText checked for the same number of groups and URLs per group; empty: not given
 * @throws StartupError with every problem and its cure
 */
export function parseReceiverGroups(text: string, authText = ''): ReceiverGroup[] {
  const groups = groupTexts(text).map(parseGroup);
  const problems = [...problemsOf(groups), ...authProblems(groups, authText)];
  if (problems.length > 0) throw new StartupError(problems);
  return groups;
}

/**
 * Reads the `[[…url_group]]` tables.
 * @param where the key to name in problems, for example `apim.throttling.url_group`
 * @throws StartupError with every problem and its cure
 */
export function receiverGroupsOf(groups: readonly TomlGroup[], where: string): ReceiverGroup[] {
  const problems: string[] = [];
  const parsed = groups.map((group, i): ReceiverGroup => {
    const name = `${where}[${i}]`;
    const auth = group.authUrls ?? [];
    if (auth.length > 0 && auth.length !== group.urls.length) {
      problems.push(
        `${name} names ${group.urls.length} URLs and ${auth.length} auth URLs: give each URL one, or none at all.`,
      );
    }
    return { mode: modeOf(group.type, name, problems), urls: group.urls.map((url) => url.trim()) };
  });
  problems.push(...problemsOf(parsed, where));
  if (problems.length > 0) throw new StartupError(problems);
  return parsed;
}

function modeOf(type: string | undefined, name: string, problems: string[]): ReceiverGroup['mode'] {
  const mode = (type ?? 'loadbalance').toLowerCase();
  if (mode === 'loadbalance' || mode === 'failover') return mode;
  problems.push(`${name}.type is "${type}": write "loadbalance" or "failover".`);
  return 'loadbalance';
}

function groupTexts(text: string): string[] {
  const opened = text.split('{').length - 1;
  const closed = text.split('}').length - 1;
  if (opened === 0 && closed === 0) return text.trim() === '' ? [] : [text];
  const found = [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  if (found.length !== opened || opened !== closed) {
    throw new StartupError(['The receiver groups have unbalanced braces: write {url,url},{url|url}.']);
  }
  return found;
}

function parseGroup(text: string): ReceiverGroup {
  if (text.includes(',') && text.includes('|')) {
    throw new StartupError([
      `The receiver group {${withoutCredentials(text)}} mixes "," and "|": use "," to balance load or "|" to fail over.`,
    ]);
  }
  const mode = text.includes('|') ? 'failover' : 'loadbalance';
  return { mode, urls: text.split(/[,|]/).map((url) => url.trim()) };
}

function problemsOf(groups: readonly ReceiverGroup[], where = 'The receiver groups'): string[] {
  const problems: string[] = [];
  for (const [i, { urls }] of groups.entries()) {
    const name = `${where}: group ${i + 1}`;
    if (urls.length === 0) problems.push(`${name} is empty: name at least one URL.`);
    for (const url of urls) {
      if (!isReceiverUrl(url)) {
        problems.push(
          `${name}: "${withoutCredentials(url)}" is no receiver: write tcp://host:port or ssl://host:port.`,
        );
      }
    }
    if (new Set(urls).size !== urls.length) problems.push(`${name} names an endpoint twice: name each once.`);
  }
  return problems;
}

function authProblems(groups: readonly ReceiverGroup[], authText: string): string[] {
  if (authText.trim() === '') return [];
  const auth = groupTexts(authText).map(parseGroup);
  const counts = (list: readonly ReceiverGroup[]): string => list.map((group) => group.urls.length).join(', ');
  if (counts(auth) === counts(groups)) return [];
  return [
    `The auth URLs have groups of ${counts(auth)} and the receiver URLs groups of ${counts(groups)}: give each URL one, or none at all.`,
  ];
}

function isReceiverUrl(url: string): boolean {
  return (
    url === 'in-process' ||
    /^(tcp|ssl|amqp|amqps):\/\/([^@\s]+@)?(\[[0-9a-f:]+\]|[^:/\s[\]]+):\d{1,5}(\/\S*)?$/i.test(url)
  );
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^@,|{}\s]*@/g, '//***@');
}
