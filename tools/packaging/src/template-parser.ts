/** An operand or a call inside `{{ }}`. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  /** `.a.b` from the dot, `$x.a` from a variable; `variable` is '' for `$`, null for the dot. */
  | { readonly kind: 'field'; readonly variable: string | null; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'set'; readonly variable: string; readonly value: Expression }
  | { readonly kind: 'if'; readonly condition: Expression; readonly body: Node[]; readonly otherwise: Node[] }
  | {
      readonly kind: 'range';
      readonly variables: readonly string[];
      readonly value: Expression;
      readonly body: Node[];
    };

interface Token {
  readonly text?: string;
  readonly action?: string;
}

/**
 * Reads the part of Go's template language that the chart uses: define, if, else, range, variables, pipelines and calls.
 * @param defines receives the named templates
 * @throws Error for anything else
 */
export function parseTemplate(source: string, defines: Map<string, Node[]>): Node[] {
  const tokens = tokenize(source);
  let at = 0;
  const [nodes, end] = block();
  if (end !== null) throw new Error(`unexpected {{ ${end} }}`);
  return nodes;

  /** Nodes up to the `end` or `else…` that closes them, which is returned too; null at the end of the file. */
  function block(): [Node[], string | null] {
    const nodes: Node[] = [];
    for (let token = tokens[at++]; token; token = tokens[at++]) {
      const { action } = token;
      if (action === undefined) nodes.push({ kind: 'text', text: token.text ?? '' });
      else if (action === 'end' || action === 'else' || action.startsWith('else ')) return [nodes, action];
      else if (action.startsWith('define ')) defines.set(action.slice(8, -1), closed());
      else if (action.startsWith('if ')) nodes.push(condition(action.slice(3)));
      else if (action.startsWith('range ')) nodes.push(range(action.slice(6)));
      else nodes.push(simple(action));
    }
    return [nodes, null];
  }

  function closed(): Node[] {
    const [body, end] = block();
    if (end !== 'end') throw new Error(`{{ ${end ?? 'end of file'} }} where {{ end }} belongs`);
    return body;
  }

  function condition(text: string): Node {
    const [body, end] = block();
    const otherwise = end === 'else' ? closed() : end?.startsWith('else if ') ? [condition(end.slice(8))] : [];
    if (end === null) throw new Error(`{{ if ${text} }} has no end`);
    return { kind: 'if', condition: parseExpression(text), body, otherwise };
  }

  function range(text: string): Node {
    const named = /^(\$\w+)(?:, (\$\w+))? := (.+)$/.exec(text);
    if (!named?.[1] || !named[3]) throw new Error(`{{ range ${text} }} names no variable`);
    const variables = [named[1], named[2]].filter((name) => name !== undefined).map((name) => name.slice(1));
    return { kind: 'range', variables, value: parseExpression(named[3]), body: closed() };
  }
}

function simple(action: string): Node {
  const set = /^\$(\w+) := ([\s\S]+)$/.exec(action);
  if (set?.[1] && set[2]) return { kind: 'set', variable: set[1], value: parseExpression(set[2]) };
  return { kind: 'output', value: parseExpression(action) };
}

/** `{{-` and `-}}` take the white space beside them away. */
function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let trimNext = false;
  const push = (text: string, trimEnd: boolean): void => {
    const started = trimNext ? text.trimStart() : text;
    tokens.push({ text: trimEnd ? started.trimEnd() : started });
  };
  let at = 0;
  for (const match of source.matchAll(/\{\{(- )?([\s\S]*?)( -)?\}\}/g)) {
    push(source.slice(at, match.index), match[1] !== undefined);
    const action = (match[2] ?? '').trim();
    if (!action.startsWith('/*')) tokens.push({ action });
    trimNext = match[3] !== undefined;
    at = match.index + match[0].length;
  }
  push(source.slice(at), false);
  return tokens;
}

function parseExpression(text: string): Expression {
  const words = text.match(/"(?:[^"\\]|\\.)*"|[()|]|[^\s()|"]+/g) ?? [];
  let at = 0;
  const result = pipeline();
  if (at < words.length) throw new Error(`cannot read {{ ${text} }}`);
  return result;

  function pipeline(): Expression {
    let value = command();
    while (words[at] === '|') {
      at++;
      const next = command();
      if (next.kind !== 'call') throw new Error(`{{ ${text} }} pipes into something that is no function`);
      value = { ...next, args: [...next.args, value] };
    }
    return value;
  }

  function command(): Expression {
    const first = operand();
    if (first.kind !== 'call' || words[at - 1] === ')') return first;
    const args: Expression[] = [];
    while (at < words.length && words[at] !== ')' && words[at] !== '|') args.push(operand());
    return { ...first, args };
  }

  function operand(): Expression {
    const word = words[at++];
    if (word === undefined) throw new Error(`{{ ${text} }} ends early`);
    if (word === '(') {
      const inner = pipeline();
      if (words[at++] !== ')') throw new Error(`{{ ${text} }} lacks a parenthesis`);
      return inner;
    }
    if (word.startsWith('"')) return { kind: 'literal', value: JSON.parse(word) as string };
    if (/^\d+$/.test(word)) return { kind: 'literal', value: Number(word) };
    if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true' };
    const field = /^(?:\$(\w*))?((?:\.\w+)*|\.)$/.exec(word);
    if (field) {
      const variable = word.startsWith('$') ? (field[1] ?? '') : null;
      return { kind: 'field', variable, path: (field[2] ?? '').split('.').filter(Boolean) };
    }
    if (!/^\w+$/.test(word)) throw new Error(`cannot read "${word}" in {{ ${text} }}`);
    return { kind: 'call', name: word, args: [] };
  }
}
