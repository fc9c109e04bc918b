import { maxJsonDepth } from '@tollgate/base';

/** Why a text is no XML that is read here. */
export class XmlProblem extends Error {}

/**
 * JSON of an XML document: elements become names, repeated ones lists, attributes `@name`, text beside them `#text`; every
 * value is text. Read in one pass, without document types, so no entity but the five of XML itself means anything.
 * @throws XmlProblem
 */
export function readXml(text: string): unknown {
  const reader = new XmlReader(text.startsWith('\ufeff') ? text.slice(1) : text);
  return reader.document();
}

interface Open {
  readonly name: string;
  readonly members: Map<string, unknown[]>;
  text: string;
}

class XmlReader {
  #at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const root: Open = { name: '', members: new Map(), text: '' };
    const open: Open[] = [root];
    while (this.#at < this.text.length) this.#step(open);
    if (open.length > 1) throw new XmlProblem(`<${open.at(-1)?.name}> is not closed`);
    if (root.members.size !== 1 || root.text.trim() !== '')
      throw new XmlProblem('There has to be one outermost element');
    const [value] = [...root.members.values()][0] ?? [];
    if ([...root.members.values()][0]?.length !== 1) throw new XmlProblem('There has to be one outermost element');
    return { [[...root.members.keys()][0] ?? '']: value };
  }

  #step(open: Open[]): void {
    const { text } = this;
    const top = open.at(-1) as Open;
    const tag = text.indexOf('<', this.#at);
    const end = tag < 0 ? text.length : tag;
    if (end > this.#at) top.text += unescape(text.slice(this.#at, end));
    this.#at = end;
    if (tag < 0) return;
    if (text.startsWith('<!--', tag)) this.#skip(tag + 4, '-->');
    else if (text.startsWith('<?', tag)) this.#skip(tag + 2, '?>');
    else if (text.startsWith('<![CDATA[', tag)) top.text += this.#skip(tag + 9, ']]>');
    else if (text.startsWith('<!', tag)) throw new XmlProblem('Document types are not read');
    else if (text.startsWith('</', tag)) this.#close(open, this.#skip(tag + 2, '>').trimEnd());
    else this.#open(open, tag);
  }

  /** Gives what stands before `mark`. */
  #skip(from: number, mark: string): string {
    const end = this.text.indexOf(mark, from);
    if (end < 0) throw new XmlProblem(`"${mark}" is missing`);
    this.#at = end + mark.length;
    return this.text.slice(from, end);
  }

  #open(open: Open[], tag: number): void {
    this.#at = tag + 1;
    const element: Open = { name: this.#name(), members: new Map(), text: '' };
    for (;;) {
      const hasSpace = this.#space();
      if (this.#take('/>')) return this.#add(open.at(-1) as Open, element);
      if (this.#take('>')) break;
      if (!hasSpace) throw new XmlProblem(`<${element.name}> cannot be read`);
      this.#attribute(element);
    }
    open.push(element);
    if (open.length > maxJsonDepth) throw new XmlProblem(`Nested deeper than ${maxJsonDepth} levels`);
  }

  #attribute({ members, name: element }: Open): void {
    const name = `@${this.#name()}`;
    this.#space();
    if (!this.#take('=')) throw new XmlProblem(`An attribute of <${element}> has no value`);
    this.#space();
    const quote = this.text[this.#at];
    if (quote !== '"' && quote !== "'") throw new XmlProblem(`An attribute of <${element}> is not quoted`);
    const value = this.#skip(this.#at + 1, quote);
    if (value.includes('<') || members.has(name)) throw new XmlProblem(`An attribute of <${element}> cannot be read`);
    members.set(name, [unescape(value)]);
  }

  #close(open: Open[], name: string): void {
    const element = open.pop() as Open;
    if (open.length === 0 || element.name !== name) throw new XmlProblem(`</${name.slice(0, 100)}> closes nothing`);
    this.#add(open.at(-1) as Open, element);
  }

  #add({ members }: Open, element: Open): void {
    const value = valueOf(element);
    const present = members.get(element.name);
    if (present) present.push(value);
    else members.set(element.name, [value]);
  }

  #name(): string {
    const from = this.#at;
    let end = from;
    while (isNameCharacter(this.text.charCodeAt(end))) end++;
    const name = this.text.slice(from, end);
    if (!/^[\p{L}_:][\p{L}\p{N}_.:-]*$/u.test(name)) throw new XmlProblem('A name is missing or cannot be read');
    this.#at = end;
    return name;
  }

  /** Goes past white space. @returns whether there was any */
  #space(): boolean {
    const from = this.#at;
    while (' \t\r\n'.includes(this.text[this.#at] ?? 'x')) this.#at++;
    return this.#at > from;
  }

  #take(mark: string): boolean {
    if (!this.text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }
}

/** Not one that ends a name: white space, `/`, `=`, `>`, `<`, quotes, or the end of the text. */
function isNameCharacter(code: number): boolean {
  return code > 0x20 && !(code === 0x2f || (code >= 0x3c && code <= 0x3e) || code === 0x22 || code === 0x27);
}

function valueOf({ members, text }: Open): unknown {
  if (members.size === 0) return text;
  const entries = [...members].map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const);
  const own = text.trim();
  return Object.fromEntries(own === '' ? entries : [...entries, ['#text', own]]);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescape(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', from)) {
    const end = text.indexOf(';', at);
    const name = end < 0 || end - at > 12 ? '' : text.slice(at + 1, end);
    const known = Object.hasOwn(entities, name) ? entities[name] : character(name);
    if (known === undefined) throw new XmlProblem(`The entity "${text.slice(at, at + 12)}" is not known`);
    out += text.slice(from, at) + known;
    from = end + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

function character(name: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
  const code = match ? Number.parseInt(match[1] ?? match[2] ?? '', match[1] ? 16 : 10) : 0;
  return code > 0 && code <= 0x10_ffff && !(code >= 0xd8_00 && code <= 0xdf_ff)
    ? String.fromCodePoint(code)
    : undefined;
}
