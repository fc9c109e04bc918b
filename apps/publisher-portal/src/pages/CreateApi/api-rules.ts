/** Rules of the publisher contract for what a new API is called. The server's word counts; these say it before the press. */
const banned = /[~!@#;:%^*()+={}|\\<>"',&$[\]/]/;
const bannedInContext = /[\s~!@#?:%^&*+=|\\<>"',[\]`]/;

export interface NewApiValues {
  readonly name: string;
  readonly context: string;
  readonly version: string;
  readonly endpoint: string;
}

type Problem = 'required' | 'banned' | 'tooLong' | 'notUrl' | 'edgeSpace';

/** Translation key of what is wrong with each field; nothing for those that are right. */
export function problemsOf(values: NewApiValues): Partial<Record<keyof NewApiValues, Problem>> {
  const found = {
    name: nameProblem(values.name, 60),
    context: contextProblem(values.context),
    version: nameProblem(values.version, 30) ?? (/\s/.test(values.version) ? 'banned' : null),
    endpoint: endpointProblem(values.endpoint),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null));
}

function nameProblem(text: string, longest: number): Problem | null {
  if (text === '') return 'required';
  if (text !== text.trim()) return 'edgeSpace';
  if (text.length > longest) return 'tooLong';
  return banned.test(text) ? 'banned' : null;
}

function contextProblem(text: string): Problem | null {
  if (text === '' || text === '/') return 'required';
  if (text.length > 232) return 'tooLong';
  return bannedInContext.test(text) ? 'banned' : null;
}

function endpointProblem(text: string): Problem | null {
  if (text === '') return null;
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? null : 'notUrl';
}

/** A context made of a title: `Pizza Shack!` → `/pizza-shack`. */
export function suggestContext(name: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  return words === '' ? '' : `/${words.slice(0, 200)}`;
}
